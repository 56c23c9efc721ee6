import type { Cohort } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import type { MmdSample } from '../../stats/mmd.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { standardSequences } from '../joint/standardPoints.js';

/** One pair of consecutive steps a stay as points of an MMD. */
export interface LagPairs extends MmdSample {
  /** Coordinates of a pair: all of step t, then all of step t + 1. */
  readonly width: number;
}

const cache = new CohortCache<LagPairs>();

/**
 * One pair (x_t, x_{t+1}) of every stay of at least two steps, t drawn evenly from its steps: a stay counts once however
 * long it is. Coordinates as `standardSequences`, in standard scores of the training stays.
 *
 * @param seed the same seed draws the same steps in cohorts of the same lengths
 */
export function lagPairs(cohort: Cohort, train: Cohort, seed: number): LagPairs {
  return cache.get(cohort, `${cacheName(train)} ${seed}`, () => {
    const { size, schema, length } = cohort;
    const sequences = standardSequences(cohort, train);
    const columns = sequences.width / schema.steps;
    const width = 2 * columns;
    const values = new Float32Array(size * width);
    const owner = new Uint32Array(size);
    const patients = new Map<string, number>();
    const stream = random(seed, 'lag-pairs');
    let rows = 0;
    for (let i = 0; i < size; i++) {
      if (length[i]! < 2) continue;
      const from = i * sequences.width + stream.integer(length[i]! - 1) * columns;
      values.set(sequences.values.subarray(from, from + width), rows * width);
      const patient = cohort.patients[i]!;
      const known = patients.get(patient) ?? patients.size;
      patients.set(patient, known);
      owner[rows++] = known;
    }
    return {
      rows,
      width,
      values: values.subarray(0, rows * width),
      owner: owner.subarray(0, rows),
      patients: patients.size,
    };
  });
}
