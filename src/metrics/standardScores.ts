import type { Cohort } from '../cohort/types.js';
import { CohortCache } from './cohortCache.js';
import { RecentCache } from './recentCache.js';

/** Mean and standard deviation of the observed values of every feature. */
export interface FeatureScales {
  readonly mean: Float64Array;
  /** 0 for a feature that is constant up to rounding or never observed. */
  readonly sd: Float64Array;
}

const scalesCache = new CohortCache<FeatureScales>();
const scoresCache = new RecentCache<Float64Array>((scores) => scores.byteLength);

/** Scales of the features within this cohort. */
export function featureScales(cohort: Cohort): FeatureScales {
  return scalesCache.get(cohort, 'scales', () => {
    const { values, observed, schema } = cohort;
    const features = schema.features.length;
    const [count, pivot, sum, squares] = Array.from({ length: 4 }, () => new Float64Array(features)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    // Sums about the first value: a large common offset costs no digits.
    for (let f = 0; f < features; f++) {
      let at = f;
      while (at < values.length && observed[at] === 0) at += features;
      if (at < values.length) pivot[f] = values[at]!;
    }
    for (let row = 0; row < values.length; row += features)
      for (let f = 0; f < features; f++) {
        if (observed[row + f] === 0) continue;
        count[f]!++;
        sum[f]! += values[row + f]! - pivot[f]!;
      }
    const mean = pivot.map((first, f) => (count[f] === 0 ? 0 : first + sum[f]! / count[f]!));
    for (let row = 0; row < values.length; row += features)
      for (let f = 0; f < features; f++) {
        if (observed[row + f] === 0) continue;
        const difference = values[row + f]! - mean[f]!;
        squares[f]! += difference * difference;
      }
    const sd = squares.map((total, f) => {
      const deviation = Math.sqrt(total / count[f]!);
      return deviation > 1e-9 * Math.abs(mean[f]!) ? deviation : 0;
    });
    return { mean, sd };
  });
}

/**
 * All cells as standard scores of their feature within this cohort ([N·T·F], 0 where not observed), so that sums of
 * squares lose no digits. A feature that is constant up to rounding becomes 0 everywhere. Correlations and
 * autocorrelations do not depend on the scaling.
 */
export function standardScores(cohort: Cohort): Float64Array {
  return scoresCache.get(cohort, 'scores', () => {
    const { values, observed, schema } = cohort;
    const features = schema.features.length;
    const { mean, sd } = featureScales(cohort);
    const scores = new Float64Array(values.length);
    for (let at = 0, f = 0; at < values.length; at++) {
      if (observed[at] === 1 && sd[f] !== 0) scores[at] = (values[at]! - mean[f]!) / sd[f]!;
      if (++f === features) f = 0;
    }
    return scores;
  });
}

/** Relative sum of squares below which a column counts as constant; above the rounding of float32 sums. */
export const CONSTANT = 1e-7;
