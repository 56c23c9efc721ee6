import type { Cohort } from '../cohort/types.js';
import { random } from '../engine/random.js';
import { CohortCache } from './cohortCache.js';

/** Most units of a bootstrap of wide statistics. */
export const LARGEST_RESAMPLE = 1024;

/** What a bootstrap draws: patients with all their stays, or groups of patients. */
export interface ResampleUnits {
  readonly count: number;
  /** [stays] */
  readonly ofStay: Uint32Array;
}

const cache = new CohortCache<ResampleUnits>();

/**
 * One unit a patient, numbered by first appearance, up to `LARGEST_RESAMPLE` patients; beyond that groups of patients put
 * together at random, whose numbers of patients differ by at most one.
 *
 * Patients are independent, so a bootstrap over random groups of them has the same expected spread; with 1,024 groups its
 * own relative noise is 1/√2048 = 2 %, below that of 200 resamples (5 %). It bounds the memory of a statistic of
 * `width` sums by 1,024 · width numbers at any number of stays.
 */
export function resampleUnits(cohort: Cohort): ResampleUnits {
  return cache.get(cohort, 'units', () => {
    const numbers = new Map<string, number>();
    const ofStay = Uint32Array.from(cohort.patients, (id) => {
      const known = numbers.get(id) ?? numbers.size;
      numbers.set(id, known);
      return known;
    });
    if (numbers.size <= LARGEST_RESAMPLE) return { count: numbers.size, ofStay };
    const order = random('resample-units', numbers.size).permutation(numbers.size);
    return { count: LARGEST_RESAMPLE, ofStay: ofStay.map((patient) => order[patient]! % LARGEST_RESAMPLE) };
  });
}
