/** A table of numbers, row-major; NaN marks a missing value. Never leaves the computation in this form. */
export interface FeatureTable {
  readonly rows: number;
  readonly columns: readonly string[];
  /** [rows · columns] */
  readonly values: Float32Array;
}

/** The rows of two tables with the same columns, first those of `first`. */
export function stackTables(first: FeatureTable, second: FeatureTable): FeatureTable {
  if (first.columns.length !== second.columns.length)
    throw new RangeError(`tables with ${first.columns.length} and ${second.columns.length} columns`);
  const values = new Float32Array(first.values.length + second.values.length);
  values.set(first.values, 0);
  values.set(second.values, first.values.length);
  return { rows: first.rows + second.rows, columns: first.columns, values };
}
