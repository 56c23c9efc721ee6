import type { Cohort } from '../../cohort/types.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { CONSTANT, standardScores } from '../standardScores.js';

/** n, Σx, Σy, Σx², Σy², Σxy of the pairs of one lag */
const SUMS = 6;

/**
 * Masked autocorrelation of every feature ([feature · lags], lag 1 first): over the pairs of steps (t, t + k) of the
 * same stay at which the feature is observed, k being the true distance in steps,
 * ρ_k = Σ(x − μ)(y − μ) / √(Σ(x − μ)² Σ(y − μ)²), centred by the pooled mean μ of all observed values of the feature.
 * Undefined with fewer than `minPairs` pairs, without variance and for categorical features.
 */
export function autocorrelations(lags: number, minPairs: number): AdditiveStatistic {
  const widthOfFeature = 2 + lags * SUMS;
  return {
    name: `autocorrelations-${lags}-${minPairs}`,
    sums(cohort: Cohort) {
      const { size, schema, observed } = cohort;
      const [steps, features] = [schema.steps, schema.features.length];
      const width = features * widthOfFeature;
      const scores = standardScores(cohort);
      const perStay = new Float32Array(size * width);
      const totals = new Float64Array(width);
      const stay = new Float64Array(width);
      for (let i = 0; i < size; i++) {
        stay.fill(0);
        for (let t = 0; t < steps; t++) {
          for (let f = 0; f < features; f++) {
            const cell = (i * steps + t) * features + f;
            if (observed[cell] === 0) continue;
            const x = scores[cell]!;
            const base = f * widthOfFeature;
            stay[base]! += 1;
            stay[base + 1]! += x;
            for (let lag = 1; lag <= lags && t + lag < steps; lag++) {
              const later = cell + lag * features;
              if (observed[later] === 0) continue;
              const y = scores[later]!;
              const at = base + 2 + (lag - 1) * SUMS;
              stay[at]! += 1;
              stay[at + 1]! += x;
              stay[at + 2]! += y;
              stay[at + 3]! += x * x;
              stay[at + 4]! += y * y;
              stay[at + 5]! += x * y;
            }
          }
        }
        perStay.set(stay, i * width);
        for (let j = 0; j < width; j++) totals[j]! += stay[j]!;
      }
      return { totals, perStay };
    },
    derive(totals, cohort) {
      const kinds = cohort.schema.features.map((feature) => feature.kind);
      const result = new Float64Array(kinds.length * lags).fill(Number.NaN);
      for (let f = 0; f < kinds.length; f++) {
        if (kinds[f] === 'categorical') continue;
        const base = f * widthOfFeature;
        const mean = totals[base + 1]! / totals[base]!;
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
