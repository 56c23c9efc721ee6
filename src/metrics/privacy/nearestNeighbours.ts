import { visitNearPairs } from '../../stats/pairSums.js';
import type { GowerSpace } from './gowerSpace.js';

/** As `visitNearPairs`, with weighted columns: sums of weight · min(1, |x − y|), in float64. */
function visitNearWeightedPairs(
  a: Float32Array,
  b: Float32Array,
  weights: Float64Array,
  limitOfA: Float64Array,
  visit: (rowOfA: number, rowOfB: number, sum: number) => void,
): void {
  const width = weights.length;
  for (let i = 0; i < limitOfA.length; i++)
    for (let j = 0; j * width < b.length; j++) {
      const [baseA, baseB, limit] = [i * width, j * width, limitOfA[i]!];
      let sum = 0;
      for (let c = 0; c < width && sum <= limit; c++)
        sum += weights[c]! * Math.min(1, Math.abs(a[baseA + c]! - b[baseB + c]!));
      if (sum <= limit) visit(i, j, sum);
    }
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
  const weights = new Float64Array(a.length / width);
  // A distance of exactly the radius was a sum divided by the same number, but multiplying back may round down.
  const largest = new Float64Array(weights.length).fill(radius * columns * (1 + 1e-12));
  visitNearPairs(a, b, width, largest, new Float64Array(b.length / width), (i, row) => {
    weights[i]! += weightOf(row);
  });
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
  const whole = weights?.reduce((sum, weight) => sum + weight, 0) ?? columns;
  const count = a.length / width;
  const length = Math.min(k, b.length / width - (withinOneSet ? 1 : 0));
  const rows = new Uint32Array(count * length);
  const sums = new Float64Array(count * length).fill(Number.POSITIVE_INFINITY);
  // Without a neighbour to find no row is looked at.
  const largest = new Float64Array(length > 0 ? count : 0).fill(Number.POSITIVE_INFINITY);
  const insert = (i: number, row: number, sum: number): void => {
    if (sum >= largest[i]! || (withinOneSet && row === i)) return;
    const first = i * length;
    let place = first + length - 1;
    for (; place > first && sums[place - 1]! > sum; place--) {
      sums[place] = sums[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    sums[place] = sum;
    rows[place] = row;
    largest[i] = sums[first + length - 1]!;
  };
  if (weights !== undefined) visitNearWeightedPairs(a, b, weights, largest, insert);
  else visitNearPairs(a, b, width, largest, new Float64Array(b.length / width), insert);
  return { length, rows, distances: sums.map((sum) => sum / whole) };
}
