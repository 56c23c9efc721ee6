/**
 * Jensen–Shannon distance of two histograms over the same bins: √JSD with logarithms to base 2, so from 0 (equal) to 1
 * (nothing in common). Null when one of them is empty.
 */
export function jensenShannonDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  if (sumA === 0 || sumB === 0) return null;
  let divergence = 0;
  for (let i = 0; i < a.length; i++) {
    const p = a[i]! / sumA;
    const q = b[i]! / sumB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += 0.5 * p * Math.log2(p / middle);
    if (q > 0) divergence += 0.5 * q * Math.log2(q / middle);
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}
