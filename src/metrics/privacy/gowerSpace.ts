import type { FeatureTable } from '../../stats/featureTable.js';

/** Where missing values go; other coordinates are cut off far from it. */
const MISSING = -1e13;
const LARGEST = 1e12;

/** Spacing of float32 numbers around 1: any two different values of a column without range are at least this far apart. */
const FLOAT32_STEP = 2 ** -24;

/** Columns between two looks at whether a pair can still matter; coordinates come in whole blocks of it. */
const BLOCK = 16;

/** Rows of either side that are compared with each other before the next ones, so that they stay in the second-level cache. */
const ROWS_AT_ONCE = 128;

/** Pairs of training stays by which columns are ordered. */
const SAMPLED_PAIRS = 400;

/**
 * Coordinates for Gower's distance (Gower 1971; one common scale for all cohorts): every column is divided by the
 * range of its values in the training stays. A column without range becomes a 0/1 mismatch.
 */
export interface GowerSpace {
  /** Columns that enter the mean. */
  readonly columns: number;
  /** Coordinates of a row: the columns, those that tell most stays apart first, then zeros up to a whole block. */
  readonly width: number;
  /** [columns] table column of every coordinate */
  readonly order: readonly number[];
  /** [rows · width] */
  coordinates(table: FeatureTable): Float32Array;
}

/** @param train summary of the training stays (R); NaN = missing */
export function gowerSpace(train: FeatureTable): GowerSpace {
  const columns = train.columns.length;
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < train.values.length; i++) {
    const value = train.values[i]!;
    const column = i % columns;
    if (value < low[column]!) low[column] = value;
    if (value > high[column]!) high[column] = value;
  }
  const scale = low.map((lowest, column) => {
    const range = high[column]! - lowest;
    if (range > 0) return range;
    // Without a range any difference has to count 1; a column that train never shows has no lowest value either.
    return (Number.isFinite(lowest) && lowest !== 0 ? Math.abs(lowest) : 1) * FLOAT32_STEP;
  });
  const scaled = (table: FeatureTable, row: number, column: number): number => {
    const value = table.values[row * columns + column]!;
    if (Number.isNaN(value)) return MISSING;
    const origin = Number.isFinite(low[column]!) ? low[column]! : 0;
    return Math.max(-LARGEST, Math.min(LARGEST, (value - origin) / scale[column]!));
  };
  const order = columnOrder(train, scaled);
  const width = Math.ceil(columns / BLOCK) * BLOCK;
  return {
    columns,
    width,
    order,
    coordinates(table) {
      const coordinates = new Float32Array(table.rows * width);
      for (let row = 0; row < table.rows; row++)
        order.forEach((column, place) => {
          coordinates[row * width + place] = scaled(table, row, column);
        });
      return coordinates;
    },
  };
}

/** Columns by falling mean distance of training stays, so that far pairs are recognised after few columns. */
function columnOrder(
  train: FeatureTable,
  scaled: (table: FeatureTable, row: number, column: number) => number,
): number[] {
  const spread = train.columns.map((_, column) => {
    let sum = 0;
    for (let pair = 0; pair < SAMPLED_PAIRS; pair++) {
      const first = (pair * 7919) % train.rows;
      const second = (pair * 104729 + 1) % train.rows;
      sum += Math.min(1, Math.abs(scaled(train, first, column) - scaled(train, second, column)));
    }
    return sum;
  });
  return [...spread.keys()].sort((a, b) => spread[b]! - spread[a]! || a - b);
}

/**
 * Twice the sum over columns of min(1, |x − y|) of one pair of rows, or something not below `limit` as soon as the sum
 * reaches it.
 */
export function pairSum(
  a: Float32Array,
  baseA: number,
  b: Float32Array,
  baseB: number,
  width: number,
  limit: number,
): number {
  let sum = 0;
  for (let from = 0; from < width && sum < limit; from += BLOCK) {
    // Twice min(1, d) = d − |d − 1| + 1 without a branch; the ones of a block are added at once, and four sums run side by side.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let c = from; c < from + BLOCK; c += 4) {
      const d0 = Math.abs(a[baseA + c]! - b[baseB + c]!);
      const d1 = Math.abs(a[baseA + c + 1]! - b[baseB + c + 1]!);
      const d2 = Math.abs(a[baseA + c + 2]! - b[baseB + c + 2]!);
      const d3 = Math.abs(a[baseA + c + 3]! - b[baseB + c + 3]!);
      s0 += d0 - Math.abs(d0 - 1);
      s1 += d1 - Math.abs(d1 - 1);
      s2 += d2 - Math.abs(d2 - 1);
      s3 += d3 - Math.abs(d3 - 1);
    }
    sum += BLOCK + (s0 + s1 + (s2 + s3));
  }
  return sum;
}

/** Nearest neighbours between two sets of rows, Gower distance in [0, 1]. */
export interface NearestBothWays {
  /** [rows of a] distance to the nearest row of b */
  readonly fromA: Float64Array;
  /** [rows of b] distance to the nearest row of a */
  readonly fromB: Float64Array;
  /** [rows of b] the nearest row of a; the first of equally near ones */
  readonly neighbourOfB: Uint32Array;
}

/**
 * Smallest Gower distance from every row of `a` to `b` and back, each the mean over columns of min(1, |x − y|), 1
 * where one side is missing, 0 where both are. A pair is abandoned as soon as it can be nobody's nearest.
 *
 * @param a [rows · width] coordinates in `space`
 * @param b [rows · width] coordinates in `space`
 */
export function nearestBothWays(a: Float32Array, b: Float32Array, space: GowerSpace): NearestBothWays {
  const { width, columns } = space;
  const fromA = new Float64Array(a.length / width).fill(Number.POSITIVE_INFINITY);
  const fromB = new Float64Array(b.length / width).fill(Number.POSITIVE_INFINITY);
  const neighbourOfB = new Uint32Array(fromB.length);
  for (let startA = 0; startA < fromA.length; startA += ROWS_AT_ONCE) {
    const endA = Math.min(fromA.length, startA + ROWS_AT_ONCE);
    for (let startB = 0; startB < fromB.length; startB += ROWS_AT_ONCE) {
      const endB = Math.min(fromB.length, startB + ROWS_AT_ONCE);
      for (let i = startA; i < endA; i++) {
        const baseA = i * width;
        let best = fromA[i]!;
        for (let j = startB; j < endB; j++) {
          const limit = Math.max(best, fromB[j]!);
          const sum = pairSum(a, baseA, b, j * width, width, limit);
          if (sum < best) best = sum;
          if (sum < fromB[j]!) {
            fromB[j] = sum;
            neighbourOfB[j] = i;
          }
        }
        fromA[i] = best;
      }
    }
  }
  const distance = (sum: number): number => sum / (2 * columns);
  return { fromA: fromA.map(distance), fromB: fromB.map(distance), neighbourOfB };
}
