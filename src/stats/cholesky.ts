/**
 * Solves A·x = b for a symmetric positive-definite A [size · size] of which the lower triangle is read and overwritten.
 * An error when A is not positive definite.
 */
export function solveSymmetric(a: Float64Array, size: number, b: Float64Array): Float64Array {
  for (let j = 0; j < size; j++) {
    const rowJ = j * size;
    const pivot = remainder(a, rowJ, rowJ, j);
    if (!(pivot > 0)) throw new RangeError('the matrix is not positive definite');
    const root = Math.sqrt(pivot);
    a[rowJ + j] = root;
    let i = j + 1;
    // Four rows side by side: their sums do not wait for each other.
    for (; i + 3 < size; i += 4) {
      const [row0, row1, row2, row3] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
      let [sum0, sum1, sum2, sum3] = [a[row0 + j]!, a[row1 + j]!, a[row2 + j]!, a[row3 + j]!];
      for (let k = 0; k < j; k++) {
        const x = a[rowJ + k]!;
        sum0 -= a[row0 + k]! * x;
        sum1 -= a[row1 + k]! * x;
        sum2 -= a[row2 + k]! * x;
        sum3 -= a[row3 + k]! * x;
      }
      a[row0 + j] = sum0 / root;
      a[row1 + j] = sum1 / root;
      a[row2 + j] = sum2 / root;
      a[row3 + j] = sum3 / root;
    }
    for (; i < size; i++) a[i * size + j] = remainder(a, i * size, rowJ, j) / root;
  }
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * size + k]! * x[k]!;
    x[i]! /= a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    x[i]! /= a[i * size + i]!;
    for (let k = 0; k < i; k++) x[k]! -= a[i * size + k]! * x[i]!;
  }
  return x;
}

/** What is left of entry (i, j) after the first j columns, by the places at which rows i and j begin. */
function remainder(a: Float64Array, rowI: number, rowJ: number, j: number): number {
  let sum = a[rowI + j]!;
  for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!;
  return sum;
}
