import { createHash } from 'node:crypto';
import type { Cohort } from '../cohort/types.js';
import { Scratch } from '../stats/scratch.js';
import { CohortCache } from './cohortCache.js';

const cache = new CohortCache<readonly string[]>();

/**
 * One digest a stay over its length, mask, observed values and known statics: equal digests mean identical records.
 * Ids, hospital and labels do not enter. Digests stay inside the computation.
 */
export function recordKeys(cohort: Cohort): readonly string[] {
  return cache.get(cohort, 'keys', () => {
    const cells = cohort.schema.steps * cohort.schema.features.length;
    const statics = cohort.schema.statics.length;
    return Array.from({ length: cohort.size }, (_, i) =>
      createHash('sha256')
        .update(cohort.length.subarray(i, i + 1))
        .update(cohort.observed.subarray(i * cells, (i + 1) * cells))
        .update(withoutHidden(cohort.values, cohort.observed, i * cells, (i + 1) * cells))
        .update(cohort.staticsObserved.subarray(i * statics, (i + 1) * statics))
        .update(withoutHidden(cohort.statics, cohort.staticsObserved, i * statics, (i + 1) * statics))
        .digest('base64'),
    );
  });
}

const passing = new Scratch(Float32Array);

/** Values with 0 where they are not observed, for the digest that reads them at once; adding 0 turns −0 into 0. */
function withoutHidden(values: Float32Array, observed: Uint8Array, from: number, to: number): Float32Array {
  const shown = passing.take(to - from);
  for (let i = from; i < to; i++) shown[i - from] = observed[i] === 1 ? values[i]! + 0 : 0;
  return shown;
}
