import { sampleStandardDeviation } from 'simple-statistics';
import { detectableShift } from '../stats/detectableShift.js';
import { equivalenceTest, signFlipTest } from '../stats/signFlip.js';
import { hodgesLehmann } from '../stats/hodgesLehmann.js';
import type { Interval } from '../stats/interval.js';

/** Level of every test. */
export const SIGNIFICANCE = 0.05;

/** `equivalent`: within the margin; `inconclusive`: too few pairs or too much noise to say anything. */
export type Verdict = 'better' | 'worse' | 'equivalent' | 'inconclusive';

/** What paired gains say; seeds are the unit, so this is training noise on one split. */
export interface Judgement {
  readonly pairs: number;
  /** Hodges–Lehmann estimate of the gain; null without pairs. Positive = the candidate is better. */
  readonly gain: number | null;
  /** Exact 95 % interval; null with fewer than six pairs. */
  readonly interval: Interval | null;
  /** Two-sided exact sign-flip test; null without pairs. */
  readonly p: number | null;
  /** Exact two one-sided tests against the margin; null without pairs or margin. */
  readonly equivalenceP: number | null;
  readonly margin: number | null;
  /** Whether the number of pairs allows a corrected p < .05 at all: comparisons · 2/2ⁿ. */
  readonly reachable: boolean;
  /**
   * Smallest true gain, in the metric's unit, that so many pairs with this spread find with 80 % power after correction; null
   * where no gain could be found.
   */
  readonly detectable: number | null;
  /** Before any correction. */
  readonly verdict: Verdict;
}

/** The verdict of two p values and the sign of the mean gain. */
export function verdictOf(p: number, equivalenceP: number | null, gains: readonly number[]): Verdict {
  if (equivalenceP !== null && equivalenceP < SIGNIFICANCE) return 'equivalent';
  if (!(p < SIGNIFICANCE)) return 'inconclusive';
  return gains.reduce((sum, one) => sum + one, 0) > 0 ? 'better' : 'worse';
}

/**
 * Judges paired gains. A difference that is surely smaller than the margin is `equivalent` even when it is surely not 0.
 *
 * @param margin largest difference that does not matter; null = none declared
 * @param comparisons over how many comparisons the significance is going to be corrected
 */
export function judge(gains: readonly number[], margin: number | null, comparisons = 1): Judgement {
  const pairs = gains.length;
  const level = SIGNIFICANCE / comparisons;
  const reachable = 2 / 2 ** pairs < level;
  if (pairs === 0)
    return {
      pairs,
      gain: null,
      interval: null,
      p: null,
      equivalenceP: null,
      margin,
      reachable,
      detectable: null,
      verdict: 'inconclusive',
    };
  const { estimate, interval } = hodgesLehmann(gains);
  const p = signFlipTest(gains);
  const equivalenceP = margin === null ? null : equivalenceTest(gains, margin);
  const shift = detectableShift(pairs, level);
  return {
    pairs,
    gain: estimate,
    interval,
    p,
    equivalenceP,
    margin,
    reachable,
    detectable: shift === null ? null : shift * sampleStandardDeviation([...gains]),
    verdict: verdictOf(p, equivalenceP, gains),
  };
}
