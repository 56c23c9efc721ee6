import type { Cohort } from '../cohort/types.js';
import { random } from '../engine/random.js';
import { stayResamples } from '../stats/bootstrap.js';
import { CohortCache } from './cohortCache.js';

const cache = new CohortCache<readonly Uint16Array[]>();

/** How often each stay is drawn in every bootstrap resample of the cohort's patients; kept for as long as the cohort. */
export function resampledStays(cohort: Cohort, resamples: number, seed: number): readonly Uint16Array[] {
  return cache.get(cohort, `${resamples} ${seed}`, () =>
    stayResamples(cohort.patients, resamples, random(seed, 'patient-bootstrap')),
  );
}
