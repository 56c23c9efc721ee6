/**
 * Two-sample Kolmogorov–Smirnov statistic sup|F − G| of two samples on the same ordered values, given as counts of each
 * value: exact, since whole groups of ties come together. 1 when exactly one sample is empty, null when both are.
 */
export function countsKs(first: Float64Array, second: Float64Array): number | null {
  const [m, n] = [total(first), total(second)];
  if (m === 0 && n === 0) return null;
  if (m === 0 || n === 0) return 1;
  let below = 0;
  let belowSecond = 0;
  let ks = 0;
  for (let i = 0; i < first.length; i++) {
    below += first[i]!;
    belowSecond += second[i]!;
    ks = Math.max(ks, Math.abs(below / m - belowSecond / n));
  }
  return ks;
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
