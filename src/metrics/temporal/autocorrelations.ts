import type { Cohort } from '../../cohort/types.js';
import type { WideStatistic } from '../additiveStatistic.js';
import { CONSTANT } from '../standardScores.js';
import { PAIR_SUMS, StayPairSums } from '../stayPairSums.js';

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
): WideStatistic {
  const widthOfFeature = 2 + lags * PAIR_SUMS;
  return {
    name: `autocorrelations-${lags}-${minPairs}-${centring}`,
    staySums(cohort: Cohort) {
      const index = cohort.schema.features.map((_, f) => f);
      const { steps } = cohort.schema;
      const sums = new StayPairSums(cohort, index, lags, centring === 'stay' ? 'stay' : 'none');
      return {
        width: index.length * widthOfFeature,
        add(stay, into) {
          sums.read(stay);
          for (let f = 0; f < index.length; f++) {
            const base = f * widthOfFeature;
            sums.addOwn(f, into, base);
            for (let lag = 1; lag <= lags && lag < steps; lag++)
              sums.add(f, f, lag, into, base + 2 + (lag - 1) * PAIR_SUMS);
          }
        },
      };
    },
    derive(totals, cohort) {
      const kinds = cohort.schema.features.map((feature) => feature.kind);
      const result = new Float64Array(kinds.length * lags).fill(Number.NaN);
      for (let f = 0; f < kinds.length; f++) {
        if (kinds[f] === 'categorical') continue;
        const base = f * widthOfFeature;
        const mean = centring === 'stay' ? 0 : totals[base + 1]! / totals[base]!;
        for (let lag = 1; lag <= lags; lag++) {
          const at = base + 2 + (lag - 1) * PAIR_SUMS;
          const n = totals[at]!;
          if (n < Math.max(1, minPairs)) continue;
          const x = totals[at + 1]!;
          const y = totals[at + 2]!;
          const xx = totals[at + 3]!;
          const yy = totals[at + 4]!;
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
