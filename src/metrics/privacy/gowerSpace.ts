import type { FeatureTable } from '../../stats/featureTable.js';

/** Where missing values go: farther than 1 from every coordinate. */
const MISSING = -1e30;

/** Spacing of float32 numbers around 1: any two different values of a column without range are at least this far apart. */
const FLOAT32_STEP = 2 ** -24;

/**
 * Coordinates for Gower's distance (Gower 1971; one common scale for all cohorts): every column is divided by the
 * range of its values in the training stays. A column without range becomes a 0/1 mismatch.
 */
export interface GowerSpace {
  coordinates(table: FeatureTable): Float32Array;
}

/** @param train summary of the training stays (R); NaN = missing */
export function gowerSpace(train: FeatureTable): GowerSpace {
  const width = train.columns.length;
  const low = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < train.values.length; i++) {
    const value = train.values[i]!;
    const column = i % width;
    if (value < low[column]!) low[column] = value;
    if (value > high[column]!) high[column] = value;
  }
  const scale = low.map((lowest, column) => {
    const range = high[column]! - lowest;
    if (range > 0) return range;
    // Without a range any difference has to count 1; a column that train never shows has no lowest value either.
    return (Number.isFinite(lowest) && lowest !== 0 ? Math.abs(lowest) : 1) * FLOAT32_STEP;
  });
  return {
    coordinates: (table) =>
      table.values.map((value, i) => {
        const column = i % width;
        const origin = Number.isFinite(low[column]!) ? low[column]! : 0;
        return Number.isNaN(value) ? MISSING : (value - origin) / scale[column]!;
      }),
  };
}

/** Columns between two looks at whether a pair can still matter. */
const BLOCK = 16;

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
 * @param a [rows · width] coordinates
 * @param b [rows · width] coordinates
 */
export function nearestBothWays(a: Float32Array, b: Float32Array, width: number): NearestBothWays {
  const fromA = new Float64Array(a.length / width).fill(Number.POSITIVE_INFINITY);
  const fromB = new Float64Array(b.length / width).fill(Number.POSITIVE_INFINITY);
  const neighbourOfB = new Uint32Array(fromB.length);
  for (let i = 0; i < fromA.length; i++) {
    const baseA = i * width;
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < fromB.length; j++) {
      const baseB = j * width;
      const limit = Math.max(best, fromB[j]!);
      let sum = 0;
      for (let from = 0; from < width && sum < limit; from += BLOCK) {
        const to = Math.min(width, from + BLOCK);
        for (let c = from; c < to; c++) {
          const difference = Math.abs(a[baseA + c]! - b[baseB + c]!);
          sum += difference < 1 ? difference : 1;
        }
      }
      if (sum < best) best = sum;
      if (sum < fromB[j]!) {
        fromB[j] = sum;
        neighbourOfB[j] = i;
      }
    }
    fromA[i] = best;
  }
  return {
    fromA: fromA.map((sum) => sum / width),
    fromB: fromB.map((sum) => sum / width),
    neighbourOfB,
  };
}
