import type { Cohort } from '../../cohort/types.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { CONSTANT, standardScores } from '../standardScores.js';

/** n, Σx, Σy, Σx², Σy², Σxy of the pairs of one lag */
const SUMS = 6;

/** What is subtracted before products are taken: the mean of all values, or the mean of the stay's own values. */
export type Centring = 'pooled' | 'stay';

/**
 * Masked autocorrelation of every feature ([feature · lags], lag 1 first): over the pairs of steps (t, t + k) of the
 * same stay at which the feature is observed, k being the true distance in steps,
 * ρ_k = Σ(x − μ)(y − μ) / √(Σ(x − μ)² Σ(y − μ)²), centred by the pooled mean μ of all observed values of the feature.
 * With centring `stay` every value first loses the mean of the feature within its stay and μ = 0: what stays alike
 * beyond the level of the patient. Undefined with fewer than `minPairs` pairs, without variance and for categorical features.
 */
export function autocorrelations(
  lags: number,
  minPairs: number,
  centring: Centring = 'pooled',
): AdditiveStatistic {
  const widthOfFeature = 2 + lags * SUMS;
  return {
    name: `autocorrelations-${lags}-${minPairs}-${centring}`,
    sums(cohort: Cohort) {
      const { schema, observed } = cohort;
      const [steps, features] = [schema.steps, schema.features.length];
      const scores = standardScores(cohort);
      const centre = new Float64Array(features);
      return sumsOfStays(cohort, features * widthOfFeature, (stay, into) => {
        if (centring === 'stay') meansOfStay(cohort, scores, stay, centre);
        for (let t = 0; t < steps; t++) {
          for (let f = 0; f < features; f++) {
            const cell = (stay * steps + t) * features + f;
            if (observed[cell] === 0) continue;
            const x = scores[cell]! - centre[f]!;
            const base = f * widthOfFeature;
            into[base]! += 1;
            into[base + 1]! += x;
            for (let lag = 1; lag <= lags && t + lag < steps; lag++) {
              const later = cell + lag * features;
              if (observed[later] === 0) continue;
              const y = scores[later]! - centre[f]!;
              const at = base + 2 + (lag - 1) * SUMS;
              into[at]! += 1;
              into[at + 1]! += x;
              into[at + 2]! += y;
              into[at + 3]! += x * x;
              into[at + 4]! += y * y;
              into[at + 5]! += x * y;
            }
          }
        }
      });
    },
    derive(totals, cohort) {
      const kinds = cohort.schema.features.map((feature) => feature.kind);
      const result = new Float64Array(kinds.length * lags).fill(Number.NaN);
      for (let f = 0; f < kinds.length; f++) {
        if (kinds[f] === 'categorical') continue;
        const base = f * widthOfFeature;
        const mean = centring === 'stay' ? 0 : totals[base + 1]! / totals[base]!;
        for (let lag = 1; lag <= lags; lag++) {
          const at = base + 2 + (lag - 1) * SUMS;
          const n = totals[at]!;
          if (n < Math.max(1, minPairs)) continue;
          const [x, y, xx, yy] = [totals[at + 1]!, totals[at + 2]!, totals[at + 3]!, totals[at + 4]!];
          const squaresX = xx - 2 * mean * x + n * mean * mean;
          const squaresY = yy - 2 * mean * y + n * mean * mean;
          if (squaresX <= CONSTANT * xx || squaresY <= CONSTANT * yy) continue;
          const products = totals[at + 5]! - mean * (x + y) + n * mean * mean;
          const rho = products / Math.sqrt(squaresX * squaresY);
          result[f * lags + lag - 1] = Math.max(-1, Math.min(1, rho));
        }
      }
      return result;
    },
  };
}

/** Mean of the scores of every feature within a stay; 0 without any. */
function meansOfStay(cohort: Cohort, scores: Float64Array, stay: number, means: Float64Array): void {
  const { schema, observed } = cohort;
  const features = schema.features.length;
  for (let f = 0; f < features; f++) {
    let [sum, count] = [0, 0];
    const end = (stay + 1) * schema.steps * features;
    for (let cell = stay * schema.steps * features + f; cell < end; cell += features) {
      if (observed[cell] === 0) continue;
      sum += scores[cell]!;
      count++;
    }
    means[f] = count === 0 ? 0 : sum / count;
  }
}
