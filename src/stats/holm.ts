/**
 * Holm's step-down adjustment (Holm 1979): comparing adjusted values with α keeps the chance of any false finding at α.
 *
 * @param pValues 0…1
 * @returns adjusted values in the order given, never smaller than the raw ones
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}
