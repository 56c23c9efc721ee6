import type { Cohort } from '../../cohort/types.js';
import { eachValue, type HistogramVariable } from './variables.js';
import { minimumCell } from './smallCells.js';

/** Values are told apart by 0, 1, 2 or 3 decimals; the last class holds those that need more. */
export const decimalClasses = 5;

/** Fewest decimals, up to 3, that write a float32 value; 4 = more. */
export function decimalsOf(value: number): number {
  for (let decimals = 0, scale = 1; decimals < decimalClasses - 1; decimals++, scale *= 10) {
    const scaled = value * scale;
    // Half a unit in the last place of float32 is 6e-8 of the value.
    if (Math.abs(scaled - Math.round(scaled)) <= Math.max(1e-4, Math.abs(scaled) * 1.2e-7)) return decimals;
  }
  return decimalClasses - 1;
}

/** How many values of a variable need 0, 1, 2, 3 or more decimals; counts under 11 join the next finer class. */
export function countDecimals(
  cohort: Cohort,
  variable: HistogramVariable,
  rows: ArrayLike<number>,
): Float64Array {
  const counts = new Float64Array(decimalClasses);
  eachValue(cohort, variable, rows, (value) => counts[decimalsOf(value)]!++);
  for (let d = 0; d < decimalClasses - 1; d++)
    if (counts[d]! < minimumCell) {
      counts[d + 1]! += counts[d]!;
      counts[d] = 0;
    }
  if (counts[decimalClasses - 1]! < minimumCell) {
    const coarser = counts.findLastIndex((count, d) => d < decimalClasses - 1 && count >= minimumCell);
    if (coarser >= 0) counts[coarser]! += counts[decimalClasses - 1]!;
    counts[decimalClasses - 1] = 0;
  }
  return counts;
}

/** Decimals that write at least 99 % of the values; null when that needs more than 3 or nothing was released. */
export function recordedDecimals(counts: Float64Array): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (let d = 0; d < decimalClasses - 1; d++) {
    below += counts[d]!;
    if (below >= 0.99 * total) return d;
  }
  return null;
}
