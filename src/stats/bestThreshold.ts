import { ascendingOrder } from './ranks.js';

/**
 * Threshold that maximises the share of positives minus the share of negatives at or above it (Youden's J); the highest
 * of equally good ones, Infinity when none beats accusing nobody. Chosen and measured on the same scores it is biased
 * upward: measure it on others.
 */
export function bestThreshold(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [m, n] = [positives.length, negatives.length];
  const scoreAt = (i: number): number => (i < m ? positives[i]! : negatives[i - m]!);
  const scores = Float64Array.from({ length: m + n }, (_, i) => scoreAt(i));
  const order = ascendingOrder(scores);
  let [advantage, best, threshold] = [0, 0, Number.POSITIVE_INFINITY];
  for (let place = order.length - 1; place >= 0; place--) {
    const row = order[place]!;
    advantage += row < m ? 1 / m : -1 / n;
    const tied = place > 0 && scores[order[place - 1]!] === scores[row];
    if (!tied && advantage > best + 1e-12) [best, threshold] = [advantage, scores[row]!];
  }
  return threshold;
}

/** Share of scores at or above a threshold. */
export function shareAtLeast(scores: ArrayLike<number>, threshold: number): number {
  let count = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! >= threshold) count++;
  return count / scores.length;
}
