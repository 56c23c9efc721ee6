import type { Cohort } from '../../cohort/types.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { CONSTANT, standardScores } from '../standardScores.js';

/** n, Σx, Σy, Σx², Σy², Σxy */
const SUMS = 6;

/** Pairs of `features` different features at lags 0…`maxLag`: unordered at lag 0, ordered (earlier, later) beyond. */
export function crossLagPairs(features: number, maxLag: number): number {
  const ordered = features * (features - 1);
  return ordered / 2 + maxLag * ordered;
}

/**
 * Pearson correlation of x_f(t) with x_g(t + k) of every pair of different numeric features over the steps of the same
 * stay at which both are observed, k being the true distance in steps. Lag 0 first (f < g, row by row), then every lag
 * with [f][g ≠ f], f the earlier one. Undefined (NaN) with fewer than `minJoint` such pairs of steps or a constant side.
 */
export function crossLagCorrelations(maxLag: number, minJoint: number): AdditiveStatistic {
  return {
    name: `cross-lag-${maxLag}-${minJoint}`,
    sums(cohort: Cohort) {
      const { schema } = cohort;
      const [steps, features] = [schema.steps, schema.features.length];
      const index = Uint32Array.from(featuresWhere(cohort, isNumeric).index);
      const count = index.length;
      const ordered = count * (count - 1);
      const scores = standardScores(cohort);
      // Numbers of the features observed at every step, [steps · count], and how many they are.
      const present = new Uint32Array(steps * count);
      const presentAt = new Uint32Array(steps);
      return sumsOfStays(cohort, crossLagPairs(count, maxLag) * SUMS, (stay, into) => {
        const start = stay * steps * features;
        for (let t = 0; t < steps; t++) {
          let n = 0;
          for (let a = 0; a < count; a++)
            if (cohort.observed[start + t * features + index[a]!] === 1) present[t * count + n++] = a;
          presentAt[t] = n;
        }
        for (let lag = 0; lag <= maxLag; lag++) {
          const block = lag === 0 ? 0 : ordered / 2 + (lag - 1) * ordered;
          for (let t = 0; t + lag < steps; t++) {
            const [earlier, later] = [start + t * features, start + (t + lag) * features];
            for (let p = 0; p < presentAt[t]!; p++) {
              const a = present[t * count + p]!;
              const x = scores[earlier + index[a]!]!;
              const row = lag === 0 ? a * count - (a * (a + 1)) / 2 - a - 1 : a * (count - 1);
              for (let q = lag === 0 ? p + 1 : 0; q < presentAt[t + lag]!; q++) {
                const b = present[(t + lag) * count + q]!;
                if (b === a) continue;
                const y = scores[later + index[b]!]!;
                const at = (block + row + (lag > 0 && b > a ? b - 1 : b)) * SUMS;
                into[at]! += 1;
                into[at + 1]! += x;
                into[at + 2]! += y;
                into[at + 3]! += x * x;
                into[at + 4]! += y * y;
                into[at + 5]! += x * y;
              }
            }
          }
        }
      });
    },
    derive(totals) {
      const result = new Float64Array(totals.length / SUMS).fill(Number.NaN);
      for (let pair = 0; pair < result.length; pair++) {
        const at = pair * SUMS;
        const n = totals[at]!;
        if (n < Math.max(2, minJoint)) continue;
        const [x, y, xx, yy] = [totals[at + 1]!, totals[at + 2]!, totals[at + 3]!, totals[at + 4]!];
        const varianceX = xx - (x * x) / n;
        const varianceY = yy - (y * y) / n;
        if (varianceX <= CONSTANT * xx || varianceY <= CONSTANT * yy) continue;
        const r = (totals[at + 5]! - (x * y) / n) / Math.sqrt(varianceX * varianceY);
        result[pair] = Math.max(-1, Math.min(1, r));
      }
      return result;
    },
  };
}
