import type { FeatureTable } from '../../stats/featureTable.js';
import { BLOCK, visitNearPairs } from '../../stats/pairSums.js';

/** Where missing values go; other coordinates are cut off far from it. */
const MISSING = -1e13;
const LARGEST = 1e12;

/** Spacing of float32 numbers around 1: any two different values of a column without range are at least this far apart. */
const FLOAT32_STEP = 2 ** -24;

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
  visitNearPairs(a, b, width, fromA, fromB, (i, j, sum) => {
    if (sum < fromA[i]!) fromA[i] = sum;
    if (sum < fromB[j]!) {
      fromB[j] = sum;
      neighbourOfB[j] = i;
    }
  });
  const distance = (sum: number): number => sum / columns;
  return { fromA: fromA.map(distance), fromB: fromB.map(distance), neighbourOfB };
}
