import type { Cohort } from '../cohort/types.js';
import { CohortCache } from './cohortCache.js';

const cache = new CohortCache<Float64Array>();

/**
 * All cells as standard scores of their feature within this cohort ([N·T·F], 0 where not observed), so that sums of
 * squares lose no digits. A feature that is constant up to rounding becomes 0 everywhere. Correlations and
 * autocorrelations do not depend on the scaling.
 */
export function standardScores(cohort: Cohort): Float64Array {
  return cache.get(cohort, 'scores', () => {
    const { values, observed, schema } = cohort;
    const features = schema.features.length;
    const scores = new Float64Array(values.length);
    for (let f = 0; f < features; f++) {
      let [count, mean, squares] = [0, 0, 0];
      for (let cell = f; cell < values.length; cell += features) {
        if (observed[cell] === 0) continue;
        // Welford's update: no cancellation between sums of squares.
        const delta = values[cell]! - mean;
        mean += delta / ++count;
        squares += delta * (values[cell]! - mean);
      }
      const sd = Math.sqrt(squares / count);
      if (!(sd > 1e-9 * Math.abs(mean))) continue;
      for (let cell = f; cell < values.length; cell += features)
        if (observed[cell] === 1) scores[cell] = (values[cell]! - mean) / sd;
    }
    return scores;
  });
}

/** Relative sum of squares below which a column counts as constant; above the rounding of float32 sums. */
export const CONSTANT = 1e-7;
