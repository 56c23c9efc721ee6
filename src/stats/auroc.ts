import { clusteredMeanVariance, meanOf } from './clusteredMean.js';
import type { Interval } from './interval.js';
import { normalInterval } from './interval.js';
import { ascendingOrder, midRanks } from './ranks.js';

/**
 * Area under the ROC curve: P(positive > negative) + ½ P(positive = negative), from mid-ranks
 * (Mann–Whitney U / mn). Both classes need at least one score.
 */
export function auroc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [m, n] = [positives.length, negatives.length];
  if (m === 0 || n === 0) throw new RangeError('an AUROC needs scores of both classes');
  const ranks = midRanks(joined(positives, negatives));
  let sum = 0;
  for (let i = 0; i < m; i++) sum += ranks[i]!;
  return (sum - (m * (m + 1)) / 2) / (m * n);
}

export interface AurocEstimate extends Interval {
  readonly value: number;
  readonly standardError: number;
}

/**
 * AUROC with the standard error and 95 % interval of DeLong et al. (1988), by the rank form of Sun & Xu (2014).
 * Both classes need at least two scores. At perfect separation the estimated variance, and so the width, is 0.
 *
 * @param patients owner of every score, for several scores of a patient (Obuchowski 1997, no patient in both classes);
 *   every score is independent when left out
 */
export function delong(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  patients?: { readonly positives: readonly string[]; readonly negatives: readonly string[] },
): AurocEstimate {
  const [m, n] = [positives.length, negatives.length];
  if (m < 2 || n < 2) throw new RangeError('DeLong needs at least two scores of each class');
  const all = midRanks(joined(positives, negatives));
  const ofPositives = midRanks(positives);
  const ofNegatives = midRanks(negatives);
  const v10 = Float64Array.from(ofPositives, (rank, i) => (all[i]! - rank) / n);
  const v01 = Float64Array.from(ofNegatives, (rank, j) => 1 - (all[m + j]! - rank) / m);
  const value = meanOf(v10);
  const standardError = Math.sqrt(
    clusteredMeanVariance(v10, patients?.positives) + clusteredMeanVariance(v01, patients?.negatives),
  );
  return { value, standardError, ...normalInterval(value, standardError, [0, 1]) };
}

/**
 * Standard error of an AUROC when both classes have one distribution, √((m + n + 1)/(12·m·n)): the variance of the
 * Mann–Whitney statistic under equality (Mann and Whitney 1947) over (m·n)².
 */
export function nullStandardError(positives: number, negatives: number): number {
  return Math.sqrt((positives + negatives + 1) / (12 * positives * negatives));
}

/** Scores of cases with 0/1 outcomes, sorted once so that many weightings of the cases are cheap. */
export interface RankedScores {
  /** Row numbers in ascending order of score. */
  readonly order: Uint32Array;
  /** 1 where the score at this place equals the next one. */
  readonly tiedWithNext: Uint8Array;
  readonly outcome: Uint8Array;
}

export function rankScores(scores: ArrayLike<number>, outcome: Uint8Array): RankedScores {
  const order = ascendingOrder(scores);
  const tiedWithNext = new Uint8Array(order.length);
  for (let i = 0; i + 1 < order.length; i++)
    tiedWithNext[i] = scores[order[i]!] === scores[order[i + 1]!] ? 1 : 0;
  return { order, tiedWithNext, outcome };
}

/** AUROC when case i counts `weights[i]` times; null when a class has no weight. */
export function weightedAuroc(ranked: RankedScores, weights: ArrayLike<number>): number | null {
  let [negativesBelow, positives, area, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
  for (let i = 0; i < ranked.order.length; i++) {
    const row = ranked.order[i]!;
    if (ranked.outcome[row] === 1) tiedPositives += weights[row]!;
    else tiedNegatives += weights[row]!;
    if (ranked.tiedWithNext[i] === 1) continue;
    area += tiedPositives * (negativesBelow + tiedNegatives / 2);
    positives += tiedPositives;
    negativesBelow += tiedNegatives;
    tiedPositives = tiedNegatives = 0;
  }
  return positives > 0 && negativesBelow > 0 ? area / (positives * negativesBelow) : null;
}

function joined(first: ArrayLike<number>, second: ArrayLike<number>): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first, 0);
  all.set(second, first.length);
  return all;
}
