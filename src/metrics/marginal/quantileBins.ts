/** Bins of a numeric variable, fitted on training values only. */
export interface QuantileBins {
  /** Ascending lower ends: bin k holds the values v with exactly k cuts ≤ v. Bin 0 is the underflow, the last the overflow. */
  readonly cuts: Float64Array;
}

/**
 * Bins between the quantiles 0, 1/k, …, 1 of the values (lower empirical quantiles, so that every edge is a value that
 * occurs), closed below, plus one bin below the smallest and one above the largest value. A value that fills two
 * neighbouring quantiles is a bin of its own, so that mass on one value (0 and 1, a constant, a detection limit) is
 * never mixed with its neighbours.
 *
 * @param sorted ascending, at least one value
 */
export function fitQuantileBins(sorted: Float32Array, k: number): QuantileBins {
  if (sorted.length === 0) throw new RangeError('bins need at least one value');
  const quantiles = Array.from(
    { length: k + 1 },
    (_, i) => sorted[Math.floor((i * (sorted.length - 1)) / k)]!,
  );
  const cuts: number[] = [];
  quantiles.forEach((edge, i) => {
    if (i > 0 && quantiles[i - 1] === edge) return;
    const isRepeated = quantiles[i + 1] === edge;
    const isLast = edge === quantiles[k];
    if (!isLast || isRepeated) cuts.push(edge);
    if (isLast || isRepeated) cuts.push(nextAbove(edge));
  });
  return { cuts: Float64Array.from(cuts) };
}

/** Number of the value's bin, 0…cuts.length. */
export function binOf({ cuts }: QuantileBins, value: number): number {
  // The size of what is left does not depend on the outcome, so that no step branches on the value.
  let low = 0;
  let left = cuts.length;
  while (left > 0) {
    const half = (left + 1) >> 1;
    low += half * Number(cuts[low + half - 1]! <= value);
    left -= half;
  }
  return low;
}

/** The next larger 32-bit number: the smallest value that lies above, since cohorts hold 32-bit numbers. */
function nextAbove(value: number): number {
  const number = Float32Array.of(value === 0 ? 0 : value); // −0 has the bits of a negative number
  const bits = new Int32Array(number.buffer);
  bits[0]! += number[0]! >= 0 ? 1 : -1;
  return number[0]!;
}
