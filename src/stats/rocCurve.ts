/**
 * True-positive rate at each false-positive rate of `grid`: the highest TPR that any threshold with FPR ≤ the grid
 * value reaches, counting scores strictly above the threshold, so that tied scores are never split.
 */
export function rocOnGrid(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  grid: readonly number[],
): number[] {
  const sorted = Float64Array.from(negatives).sort();
  const sortedPositives = Float64Array.from(positives).sort();
  return grid.map((fpr) => {
    const count = countAboveThreshold(sortedPositives, thresholdAt(sorted, fpr));
    return count / positives.length;
  });
}

/**
 * How many `positives` lie strictly above the lowest threshold that at most a share `fpr` of `negatives` exceeds.
 * With n negatives the rates come in steps of 1/n: below that resolution the threshold is the largest negative.
 */
export function positivesAtFpr(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  fpr: number,
): number {
  return countAboveThreshold(
    Float64Array.from(positives).sort(),
    thresholdAt(Float64Array.from(negatives).sort(), fpr),
  );
}

function thresholdAt(sortedNegatives: Float64Array, fpr: number): number {
  const n = sortedNegatives.length;
  // 0.01 · 300 is 3 in the reader's mind but 3.0000000000000004 or 2.9999… in binary.
  const allowed = Math.floor(fpr * n + 1e-9);
  return allowed >= n ? Number.NEGATIVE_INFINITY : sortedNegatives[n - 1 - allowed]!;
}

function countAboveThreshold(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
