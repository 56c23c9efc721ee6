import { pairSum, type GowerSpace } from './gowerSpace.js';

/** Sum over columns of weight · min(1, |x − y|) of one pair of rows, or something not below `limit`. */
function weightedPairSum(
  a: Float32Array,
  baseA: number,
  b: Float32Array,
  baseB: number,
  weights: Float64Array,
  limit: number,
): number {
  let sum = 0;
  for (let c = 0; c < weights.length && sum < limit; c++)
    sum += weights[c]! * Math.min(1, Math.abs(a[baseA + c]! - b[baseB + c]!));
  return sum;
}

/**
 * How much weight the rows of `b` within `radius` (inclusive) of every row of `a` have together.
 *
 * @param weightOf weight of a row of `b`; 1 unless given
 */
export function weightWithin(
  a: Float32Array,
  b: Float32Array,
  space: GowerSpace,
  radius: number,
  weightOf: (row: number) => number = () => 1,
): Float64Array {
  const { width, columns } = space;
  // A distance of exactly the radius was a sum divided by the same number, but multiplying back may round down.
  const largest = radius * 2 * columns * (1 + 1e-12);
  const beyond = largest + Number.MIN_VALUE;
  const weights = new Float64Array(a.length / width);
  for (let i = 0; i < weights.length; i++)
    for (let row = 0; row * width < b.length; row++)
      if (pairSum(a, i * width, b, row * width, width, beyond) <= largest) weights[i]! += weightOf(row);
  return weights;
}

/** The nearest rows of another set for every row, nearest first, equally near ones in row order. */
export interface NearestLists {
  /** Neighbours a row has. */
  readonly length: number;
  /** [rows · length] */
  readonly rows: Uint32Array;
  /** [rows · length] Gower distance in [0, 1] */
  readonly distances: Float64Array;
}

/**
 * @param a, b [rows · width] coordinates in `space`
 * @param withinOneSet `a` and `b` are one set: a row is left out as its own neighbour, by its position
 * @param k neighbours wanted; fewer where `b` has fewer
 * @param weights [width] of the coordinates, with a sum above 0; equal ones when left out
 */
export function nearestLists(
  a: Float32Array,
  b: Float32Array,
  withinOneSet: boolean,
  space: GowerSpace,
  k: number,
  weights?: Float64Array,
): NearestLists {
  const { width, columns } = space;
  const whole = weights?.reduce((sum, weight) => sum + weight, 0) ?? 2 * columns;
  const count = a.length / width;
  const length = Math.min(k, b.length / width - (withinOneSet ? 1 : 0));
  const rows = new Uint32Array(count * length);
  const distances = new Float64Array(count * length);
  const sums = new Float64Array(length);
  for (let i = 0; i < count && length > 0; i++) {
    sums.fill(Number.POSITIVE_INFINITY);
    for (let row = 0; row * width < b.length; row++) {
      if (withinOneSet && row === i) continue;
      const largest = sums[length - 1]!;
      const sum =
        weights === undefined
          ? pairSum(a, i * width, b, row * width, width, largest)
          : weightedPairSum(a, i * width, b, row * width, weights, largest);
      if (sum >= largest) continue;
      let place = length - 1;
      for (; place > 0 && sums[place - 1]! > sum; place--) {
        sums[place] = sums[place - 1]!;
        rows[i * length + place] = rows[i * length + place - 1]!;
      }
      sums[place] = sum;
      rows[i * length + place] = row;
    }
    for (let j = 0; j < length; j++) distances[i * length + j] = sums[j]! / whole;
  }
  return { length, rows, distances };
}
