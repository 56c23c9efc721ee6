import type { Cohort } from '../../cohort/types.js';
import type { WideStatistic } from '../additiveStatistic.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { jointMoments } from './jointMoments.js';
import { CONSTANT } from '../standardScores.js';
import { PAIR_SUMS, StayPairSums } from '../stayPairSums.js';

/**
 * Pearson correlation of every pair (f < g, row by row) of numeric features over the steps of all stays at which both
 * are observed; undefined with fewer than `minJoint` such steps or a constant side.
 */
export function correlations(minJoint: number): WideStatistic {
  return {
    name: `correlations-${minJoint}`,
    staySums(cohort: Cohort) {
      const { index } = featuresWhere(cohort, isNumeric);
      const pairs = (index.length * (index.length - 1)) / 2;
      const sums = new StayPairSums(cohort, index, 0);
      return {
        width: pairs * PAIR_SUMS,
        add(stay, into) {
          sums.read(stay);
          for (let a = 0, at = 0; a < index.length; a++)
            for (let b = a + 1; b < index.length; b++, at += PAIR_SUMS) sums.add(a, b, 0, into, at);
        },
      };
    },
    totals: (cohort) => jointMoments(cohort, featuresWhere(cohort, isNumeric).index),
    derive: (totals) => pearsonOfSums(totals, minJoint),
  };
}

/**
 * Pearson correlations from n, Σx, Σy, Σx², Σy², Σxy of every pair; NaN with fewer than `minJoint` pairs of values or a
 * constant side.
 */
export function pearsonOfSums(totals: Float64Array, minJoint: number): Float64Array {
  const result = new Float64Array(totals.length / PAIR_SUMS).fill(Number.NaN);
  for (let pair = 0; pair < result.length; pair++) {
    const at = pair * PAIR_SUMS;
    const n = totals[at]!;
    if (n < Math.max(2, minJoint)) continue;
    const x = totals[at + 1]!;
    const y = totals[at + 2]!;
    const xx = totals[at + 3]!;
    const yy = totals[at + 4]!;
    const varianceX = xx - (x * x) / n;
    const varianceY = yy - (y * y) / n;
    if (varianceX <= CONSTANT * xx || varianceY <= CONSTANT * yy) continue;
    const r = (totals[at + 5]! - (x * y) / n) / Math.sqrt(varianceX * varianceY);
    result[pair] = Math.max(-1, Math.min(1, r));
  }
  return result;
}

/** Position of pair a < b among the pairs of `size` items, row by row. */
export function pairIndex(a: number, b: number, size: number): number {
  return a * size - (a * (a + 1)) / 2 + (b - a - 1);
}
