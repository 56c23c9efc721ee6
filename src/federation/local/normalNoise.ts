import type { Random } from '../../engine/random.js';

const tableSize = 1 << 18;

/**
 * Standard normals for the noise of training steps: a table drawn once from a stream and read at random places, since
 * drawing every number anew would take as long as the step itself.
 */
export class NormalNoise {
  readonly #table: Float32Array;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#table = random.fillNormal(new Float32Array(tableSize));
  }

  /** Fills the array in runs of up to 4,096 consecutive table entries, each run from a random place. */
  fill(target: Float32Array): void {
    const run = 4096;
    for (let at = 0; at < target.length; at += run) {
      const length = Math.min(run, target.length - at);
      const from = this.#random.integer(tableSize - length + 1);
      target.set(this.#table.subarray(from, from + length), at);
    }
  }
}
