import type { FeatureTable } from '../../stats/featureTable.js';

/** Standard scores beyond this many standard deviations of the training side are cut off. */
const LARGEST_SCORE = 10;

/** Turns summaries into numbers for a model; fitted on the training side only. */
export interface Design {
  readonly columns: number;
  /**
   * Standard scores; a missing value becomes 0, the mean of the training side.
   *
   * @param into is overwritten and returned
   * @returns [rows · columns]
   */
  transform(table: FeatureTable, into?: Float64Array): Float64Array;
}

/** Columns that are constant or never known on the training side are left out. */
export function fitDesign(training: FeatureTable): Design {
  const width = training.columns.length;
  const used: { readonly column: number; readonly mean: number; readonly sd: number }[] = [];
  for (let column = 0; column < width; column++) {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (let i = column; i < training.values.length; i += width) {
      const value = training.values[i]!;
      if (Number.isNaN(value)) continue;
      const delta = value - mean;
      mean += delta / ++count;
      squares += delta * (value - mean);
    }
    const sd = Math.sqrt(squares / count);
    if (sd > 1e-9 * Math.max(1, Math.abs(mean))) used.push({ column, mean, sd });
  }
  const kept = used.length;
  const column = Uint32Array.from(used, (one) => one.column);
  const centre = Float64Array.from(used, ({ mean }) => mean);
  const scale = Float64Array.from(used, ({ sd }) => sd);
  return {
    columns: kept,
    transform(table, design = new Float64Array(table.rows * kept)) {
      for (let i = 0; i < table.rows; i++) {
        for (let j = 0; j < kept; j++) {
          const value = table.values[i * width + column[j]!]!;
          const score = Number.isNaN(value) ? 0 : (value - centre[j]!) / scale[j]!;
          design[i * kept + j] = Math.max(-LARGEST_SCORE, Math.min(LARGEST_SCORE, score));
        }
      }
      return design;
    },
  };
}
