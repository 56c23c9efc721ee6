import { minimumStaysForMoments } from '../disclosure.js';

/** Divergence of posterior and prior per code of a stay (one a time step, or one in all), summed over stays. */
export class StepDivergence {
  readonly #stays: Float64Array;
  readonly #sums: Float64Array;

  constructor(codesPerStay: number) {
    this.#stays = new Float64Array(codesPerStay);
    this.#sums = new Float64Array(codesPerStay);
  }

  /** Adds a batch: means [codes] over the stays whose mask [codes × batch] is not 0. */
  add(means: Float32Array, mask: Float32Array): void {
    const batch = mask.length / means.length;
    means.forEach((mean, t) => {
      const present = mask.subarray(t * batch, (t + 1) * batch).reduce((sum, one) => sum + one, 0);
      this.#stays[t]! += present;
      this.#sums[t]! += present * mean;
    });
  }

  /** What may leave the hospital: nothing of steps that fewer than 50 stays reach. */
  released(): { stays: Float64Array; sums: Float64Array } {
    const enough = this.#stays.map((stays) => (stays >= minimumStaysForMoments ? 1 : 0));
    return {
      stays: this.#stays.map((stays, t) => enough[t]! * stays),
      sums: this.#sums.map((sum, t) => enough[t]! * sum),
    };
  }
}
