import { costOf, idealOf } from '../metrics/cost.js';
import type { Score } from './scores.js';

/** The two ends that a score is placed between. */
export interface Ends {
  /** What fresh real patients reach. */
  readonly good: number;
  readonly goodName: string;
  /** What a generator without any dependence reaches; for privacy, what a copy of the training patients reaches. */
  readonly bad: number;
  readonly badName: string;
}

/** Where a score lies: 0 at the good end, 1 at the bad end; below 0 and above 1 are possible. */
export interface Position {
  readonly share: number;
  readonly ends: Ends;
}

/** Range of the cost over a confidence interval; a point when there is none. */
export function costRange(score: Score): readonly [number, number] | null {
  if (score.value === null) return null;
  const { descriptor } = score;
  const low = costOf(descriptor, score.low ?? score.value);
  const high = costOf(descriptor, score.high ?? score.value);
  const holdsIdeal =
    descriptor.direction === 'target' &&
    score.low !== null &&
    score.high !== null &&
    score.low <= idealOf(descriptor) &&
    idealOf(descriptor) <= score.high;
  return [holdsIdeal ? 0 : Math.min(low, high), Math.max(low, high)];
}

/** The ends of a score: its ceiling and floor; for privacy the `holdout` and `copy` reference generators at the same place. */
export function endsOf(score: Score, siblings: readonly Score[]): Ends | null {
  if (score.descriptor.family === 'privacy') {
    const good = siblings.find((other) => other.subject.trainer === 'holdout' && other.value !== null)?.value;
    const bad = siblings.find((other) => other.subject.trainer === 'copy' && other.value !== null)?.value;
    if (good == null || bad == null) return null;
    return { good, goodName: 'fresh real patients', bad, badName: 'a copy of the training patients' };
  }
  if (score.ceiling === null || score.floor === null) return null;
  return {
    good: score.ceiling,
    goodName: 'fresh real patients',
    bad: score.floor,
    badName: 'independent columns',
  };
}

/**
 * Position between the ends; null where it would be noise: no value, no ends, or ends that lie no further apart than
 * the half-width of the score's own interval.
 */
export function positionOf(score: Score, siblings: readonly Score[]): Position | null {
  const ends = endsOf(score, siblings);
  if (score.value === null || ends === null) return null;
  const good = costOf(score.descriptor, ends.good);
  const gap = costOf(score.descriptor, ends.bad) - good;
  const halfWidth = score.low !== null && score.high !== null ? (score.high - score.low) / 2 : 0;
  if (gap <= Math.max(halfWidth, 1e-9)) return null;
  return { share: (costOf(score.descriptor, score.value) - good) / gap, ends };
}
