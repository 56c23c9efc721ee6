import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { fillPairs } from './normalPairs.js';

/** A seeded stream of random numbers. Passed in wherever chance enters; never made from a clock or a position. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in 0…n−1. */
  integer(n: number): number;
  /** Fills and returns the array with standard normals. */
  fillNormal(target: Float32Array): Float32Array;
  /** Random order of 0…n−1 (Fisher–Yates). */
  permutation(n: number): Uint32Array;
}

/** Where a stream stands. */
export interface StreamPlace {
  readonly state: readonly number[];
  /** A normal that was drawn along with the last one; NaN = none. */
  readonly spare: number;
}

/** A stream that can be taken up where an earlier one stood. */
export interface ResumableRandom extends Random {
  place(): StreamPlace;
  moveTo(place: StreamPlace): void;
}

/**
 * The stream named by `parts`, e.g. `random(rootSeed, 'tcvae-noise', hospital, round)`: the same name gives the same
 * numbers whatever ran before, so results depend neither on order nor on the number of workers.
 */
export function random(...parts: readonly (string | number)[]): Random {
  return resumableRandom(...parts);
}

/** The same stream, for training whose streams outlast a round, so that checkpoints must say where they stand. */
export function resumableRandom(...parts: readonly (string | number)[]): ResumableRandom {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  let generator = xoroshiro128plusFromState([
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12) | 1, // the all-zero state is a fixed point
  ]);
  const uniform = (): number => (generator.next() >>> 0) / 4294967296;
  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    // Marsaglia's polar method: two normals a pass, no trigonometry.
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = y * factor;
        return x * factor;
      }
    }
  };
  const integer = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    normal,
    integer,
    fillNormal(target) {
      let filled = 0;
      if (!Number.isNaN(spare) && target.length > 0) target[filled++] = normal();
      const even = filled + 2 * Math.floor((target.length - filled) / 2);
      generator = xoroshiro128plusFromState(fillPairs(generator.getState(), target.subarray(filled, even)));
      if (even < target.length) target[even] = normal();
      return target;
    },
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = order[i]!;
        order[i] = order[j]!;
        order[j] = kept;
      }
      return order;
    },
    place: () => ({ state: [...generator.getState()], spare }),
    moveTo(place) {
      generator = xoroshiro128plusFromState(place.state);
      spare = place.spare;
    },
  };
}
