import { random } from '../engine/random.js';
import { symmetricEigen } from './symmetricEigen.js';

/** Extra directions carried along, so that the wanted ones converge whatever the gap to the next. */
const OVERSAMPLING = 16;
const MOST_ITERATIONS = 400;
const TOLERANCE = 1e-13;
/** Directions with less than this share of the largest variance are rounding. */
const SMALLEST_SHARE = 1e-10;

/** Leading principal components of a table without missing values. */
export interface PrincipalComponents {
  /** Components found: at most as many as wanted, fewer where the rank is lower. */
  readonly count: number;
  /** [count] variances (n − 1), falling */
  readonly variances: Float64Array;
  /** Scores divided by the standard deviation of the fitted rows: [rows · columns] → [rows · count]. */
  whiten(table: Float64Array): Float64Array;
}

/**
 * Principal components by orthogonal iteration with Rayleigh–Ritz steps (Golub & Van Loan, §8.2): a few directions of
 * hundreds of columns without the whole spectrum.
 *
 * @param table [rows · columns], at least two rows
 * @param wanted at least 1
 */
export function principalComponents(
  table: Float64Array,
  columns: number,
  wanted: number,
): PrincipalComponents {
  const rows = table.length / columns;
  if (rows < 2) throw new RangeError('principal components need at least two rows');
  const mean = columnMeans(table, columns);
  const covariance = covarianceOf(table, columns, mean);
  const block = Math.min(columns, wanted + OVERSAMPLING);
  const stream = random('principal-components', columns);
  let basis: Float64Array = orthonormal(
    Float64Array.from({ length: block * columns }, () => stream.normal()),
    columns,
  );
  let values: Float64Array = new Float64Array(block);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const image = applied(covariance, basis, columns);
    const ritz = rayleighRitz(basis, image, columns);
    values = ritz.values;
    const residual = largestResidual(ritz, Math.min(wanted, block), columns);
    basis = ritz.basis;
    if (residual <= TOLERANCE * Math.max(values[0]!, Number.MIN_VALUE)) break;
    basis = orthonormal(ritz.image, columns);
  }
  const count = [...values.subarray(0, wanted)].filter((value) => value > SMALLEST_SHARE * values[0]!).length;
  return {
    count,
    variances: values.slice(0, count),
    whiten(other) {
      const scores = new Float64Array((other.length / columns) * count);
      for (let row = 0; row * columns < other.length; row++)
        for (let k = 0; k < count; k++) {
          let sum = 0;
          for (let c = 0; c < columns; c++)
            sum += (other[row * columns + c]! - mean[c]!) * basis[k * columns + c]!;
          scores[row * count + k] = sum / Math.sqrt(values[k]!);
        }
      return scores;
    },
  };
}

interface Ritz {
  readonly values: Float64Array;
  /** [vectors · columns] orthonormal, by falling value */
  readonly basis: Float64Array;
  /** The matrix applied to `basis`. */
  readonly image: Float64Array;
}

function rayleighRitz(basis: Float64Array, image: Float64Array, columns: number): Ritz {
  const size = basis.length / columns;
  const small = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) small[i * size + j] = small[j * size + i] = dot(basis, i, image, j, columns);
  const eigen = symmetricEigen(small, size);
  const order = [...eigen.values.keys()].sort((a, b) => eigen.values[b]! - eigen.values[a]!);
  const rotated = (vectors: Float64Array): Float64Array => {
    const result = new Float64Array(vectors.length);
    order.forEach((from, to) => {
      for (let i = 0; i < size; i++) {
        const factor = eigen.vectors[i * size + from]!;
        for (let c = 0; c < columns; c++) result[to * columns + c]! += factor * vectors[i * columns + c]!;
      }
    });
    return result;
  };
  return {
    values: Float64Array.from(order, (at) => eigen.values[at]!),
    basis: rotated(basis),
    image: rotated(image),
  };
}

function largestResidual({ values, basis, image }: Ritz, wanted: number, columns: number): number {
  let largest = 0;
  for (let k = 0; k < wanted; k++) {
    let squares = 0;
    for (let c = k * columns; c < (k + 1) * columns; c++)
      squares += (image[c]! - values[k]! * basis[c]!) ** 2;
    largest = Math.max(largest, Math.sqrt(squares));
  }
  return largest;
}

/** Gram–Schmidt, twice for orthogonality to rounding; a vector without a direction of its own becomes 0. */
function orthonormal(vectors: Float64Array, columns: number): Float64Array {
  const result = vectors.slice();
  for (let i = 0; i * columns < result.length; i++) {
    const before = Math.sqrt(dot(result, i, result, i, columns));
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const overlap = dot(result, i, result, j, columns);
        for (let c = 0; c < columns; c++) result[i * columns + c]! -= overlap * result[j * columns + c]!;
      }
    const norm = Math.sqrt(dot(result, i, result, i, columns));
    const scale = norm > 1e-14 * before ? 1 / norm : 0;
    for (let c = 0; c < columns; c++) result[i * columns + c]! *= scale;
  }
  return result;
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, columns: number): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += a[i * columns + c]! * b[j * columns + c]!;
  return sum;
}

function applied(matrix: Float64Array, vectors: Float64Array, columns: number): Float64Array {
  const result = new Float64Array(vectors.length);
  for (let k = 0; k * columns < vectors.length; k++)
    for (let c = 0; c < columns; c++) result[k * columns + c] = dot(matrix, c, vectors, k, columns);
  return result;
}

function columnMeans(table: Float64Array, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < table.length; i++) mean[i % columns]! += table[i]!;
  return mean.map((sum) => sum / (table.length / columns));
}

function covarianceOf(table: Float64Array, columns: number, mean: Float64Array): Float64Array {
  const covariance = new Float64Array(columns * columns);
  const rows = table.length / columns;
  const centred = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) centred[c] = table[row * columns + c]! - mean[c]!;
    for (let a = 0; a < columns; a++) {
      const value = centred[a]! / (rows - 1);
      for (let b = 0; b <= a; b++) covariance[a * columns + b]! += value * centred[b]!;
    }
  }
  for (let a = 0; a < columns; a++)
    for (let b = 0; b < a; b++) covariance[b * columns + a] = covariance[a * columns + b]!;
  return covariance;
}
