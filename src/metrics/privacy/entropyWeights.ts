import { extentOf } from '../../stats/extent.js';
import type { FeatureTable } from '../../stats/featureTable.js';

/** Bins of equal width over a column's range, plus one for missing values. */
export const ENTROPY_BINS = 20;

/**
 * Inverse entropy (nats) of every column in `ENTROPY_BINS` bins of equal width over its range, missing values in a bin of
 * their own: columns that vary little count most (ADS-GAN: Yoon et al. 2020). A column with one bin only has weight 0.
 */
export function inverseEntropies(table: FeatureTable): Float64Array {
  const columns = table.columns.length;
  return Float64Array.from(table.columns, (_, column) => {
    const values = Array.from({ length: table.rows }, (_row, row) => table.values[row * columns + column]!);
    const known = values.filter((value) => !Number.isNaN(value));
    const [low, high] = extentOf(known);
    const counts = new Float64Array(ENTROPY_BINS + 1);
    for (const value of values) counts[binOf(value, low, high)]!++;
    let entropy = 0;
    for (const count of counts) if (count > 0) entropy -= (count / table.rows) * Math.log(count / table.rows);
    return entropy > 1e-12 ? 1 / entropy : 0;
  });
}

function binOf(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return ENTROPY_BINS;
  if (high === low) return 0;
  return Math.min(ENTROPY_BINS - 1, Math.floor((ENTROPY_BINS * (value - low)) / (high - low)));
}
