import type { Interval } from './interval.js';

/** Number of subsets of ranks 1…n with each rank sum 0…n(n+1)/2: the null distribution of Wilcoxon's signed-rank statistic. */
function rankSumCounts(n: number): Float64Array {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++)
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
  return counts;
}

/**
 * Hodges–Lehmann estimate of the centre of paired differences: the median of all Walsh averages (d_i + d_j)/2, i ≤ j, with the
 * exact confidence interval that inverts Wilcoxon's signed-rank test (Hodges & Lehmann 1963).
 *
 * @param differences at least one finite number
 * @param confidence coverage that the interval has at least, 0…1
 * @returns interval null where no interval of that coverage exists (95 %: fewer than six pairs)
 */
export function hodgesLehmann(
  differences: readonly number[],
  confidence = 0.95,
): { readonly estimate: number; readonly interval: Interval | null } {
  const n = differences.length;
  if (n < 1 || !differences.every(Number.isFinite))
    throw new RangeError(`at least one finite difference, not ${n}`);
  const walsh = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) walsh[at++] = (differences[i]! + differences[j]!) / 2;
  walsh.sort();
  const middle = walsh.length >> 1;
  const estimate = walsh.length % 2 === 1 ? walsh[middle]! : (walsh[middle - 1]! + walsh[middle]!) / 2;
  const counts = rankSumCounts(n);
  const tail = (1 - confidence) / 2;
  // The largest number of Walsh averages that may be cut off on each side.
  let cut = 0;
  let below = counts[0]! / 2 ** n;
  while (below <= tail) below += counts[++cut]! / 2 ** n;
  return {
    estimate,
    interval: cut === 0 ? null : { low: walsh[cut - 1]!, high: walsh[walsh.length - cut]! },
  };
}
