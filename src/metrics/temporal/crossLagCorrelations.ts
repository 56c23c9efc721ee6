import type { Cohort } from '../../cohort/types.js';
import type { WideStatistic } from '../additiveStatistic.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { pearsonOfSums } from '../pairwise/correlations.js';
import { PAIR_SUMS, StayPairSums } from '../stayPairSums.js';

/** Pairs of `features` different features at lags 0…`maxLag`: unordered at lag 0, ordered (earlier, later) beyond. */
function crossLagPairs(features: number, maxLag: number): number {
  const ordered = features * (features - 1);
  return ordered / 2 + maxLag * ordered;
}

/**
 * Pearson correlation of x_f(t) with x_g(t + k) of every pair of different numeric features over the steps of the same
 * stay at which both are observed, k being the true distance in steps. Lag 0 first (f < g, row by row), then every lag
 * with [f][g ≠ f], f the earlier one. Undefined (NaN) with fewer than `minJoint` such pairs of steps or a constant side.
 */
export function crossLagCorrelations(maxLag: number, minJoint: number): WideStatistic {
  return {
    name: `cross-lag-${maxLag}-${minJoint}`,
    staySums(cohort: Cohort) {
      const { index } = featuresWhere(cohort, isNumeric);
      const count = index.length;
      const sums = new StayPairSums(cohort, index, maxLag);
      return {
        width: crossLagPairs(count, maxLag) * PAIR_SUMS,
        add(stay, into) {
          sums.read(stay);
          let at = 0;
          for (let lag = 0; lag <= maxLag; lag++)
            for (let a = 0; a < count; a++)
              for (let b = lag === 0 ? a + 1 : 0; b < count; b++) {
                if (b === a) continue;
                sums.add(a, b, lag, into, at);
                at += PAIR_SUMS;
              }
        },
      };
    },
    derive: (totals) => pearsonOfSums(totals, minJoint),
  };
}
