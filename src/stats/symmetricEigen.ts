/** Rotations shrink off-diagonals quadratically; six to ten sweeps do for any size in use. */
const maximumSweeps = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix [size · size] by cyclic Jacobi rotations (Golub & Van Loan, §8.5).
 *
 * @returns `vectors` [size · size] holds the eigenvector of `values[i]` in column i; values are not sorted
 */
export function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = Float64Array.from(a, (_, at) => (Math.floor(at / size) === at % size ? 1 : 0));
  const scale = a.reduce((sum, value) => sum + value * value, 0);
  const rotate = (
    m: Float64Array,
    p: number,
    q: number,
    stride: number,
    step: number,
    c: number,
    s: number,
  ) => {
    for (let k = 0; k < size; k++) {
      const x = m[p * stride + k * step]!;
      const y = m[q * stride + k * step]!;
      m[p * stride + k * step] = c * x - s * y;
      m[q * stride + k * step] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < maximumSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += a[p * size + q]! ** 2;
    if (off <= 1e-30 * scale) break;
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const apq = a[p * size + q]!;
        if (apq === 0) continue;
        const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        rotate(a, p, q, size, 1, c, s);
        rotate(a, p, q, 1, size, c, s);
        rotate(vectors, p, q, 1, size, c, s);
      }
  }
  return { values: Float64Array.from({ length: size }, (_, i) => a[i * size + i]!), vectors };
}
