import { costOf } from '../metrics/cost.js';
import type { Score } from './scores.js';

/** What the flag needs to know about a score against the training patients. */
export type AgainstTrain = Pick<Score, 'descriptor' | 'value' | 'low' | 'high' | 'ceiling'>;

/**
 * Whether a score against the training patients is better than fresh real patients reach, beyond the noise of both.
 *
 * The ceiling is the same metric about as many fresh patients, an estimate whose variance is about that of the score. The difference of
 * the two must therefore exceed √2 times the half-width of the score's 95 % interval, on the side of the ceiling. Without an interval, or
 * with one of no width, nothing is known about the noise, and nothing is flagged.
 */
export function betterThanFreshPatients({ descriptor, value, low, high, ceiling }: AgainstTrain): boolean {
  if (value === null || low === null || high === null || ceiling === null) return false;
  const cost = costOf(descriptor, value);
  const halfWidth = Math.max(costOf(descriptor, low), costOf(descriptor, high)) - cost;
  return halfWidth > 0 && costOf(descriptor, ceiling) - cost > Math.SQRT2 * halfWidth;
}

/** Up to so many scores against train, one that is better than fresh patients is enough for the flag. */
const FEW_SCORES = 4;

/** Of more scores, one in so many and two at least. */
const SCORES_PER_FLAG = 8;

/**
 * Scores that raise the memorisation flag of one generator: those better than fresh patients reach, when there are more of them than
 * chance gives to a faultless generator. The train part may lie nearer to a faultless cohort than the holdout does, in several related
 * metrics at once: one score is enough of up to four, two of up to 16, then one in eight. Simulated with 120 patients, about
 * 5 % of faultless generators are flagged so.
 *
 * @param scores all scores of one generator at one place against train
 */
export function memorisationSigns<S extends AgainstTrain>(scores: readonly S[]): readonly S[] {
  const judged = scores.filter(({ value, ceiling }) => value !== null && ceiling !== null);
  const better = judged.filter(betterThanFreshPatients);
  const needed = judged.length <= FEW_SCORES ? 1 : Math.max(2, Math.ceil(judged.length / SCORES_PER_FLAG));
  return better.length >= needed ? better : [];
}
