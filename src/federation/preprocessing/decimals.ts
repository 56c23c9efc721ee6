import type { Cohort } from '../../cohort/types.js';
import { eachValue, type HistogramVariable } from './variables.js';
import { SMALLEST_CELL } from '../../cohort/suppression.js';

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

/**
 * How many values of a variable need 0, 1, 2, 3 or more decimals. A class whose values come from fewer than 11 different
 * stays joins the next finer one, the last the next coarser one; all are 0 when fewer than 11 stays have a value.
 */
export function countDecimals(
  cohort: Cohort,
  variable: HistogramVariable,
  rows: ArrayLike<number>,
): Float64Array {
  const classes = Array.from({ length: decimalClasses }, () => ({ values: 0, stays: new Set<number>() }));
  eachValue(cohort, variable, rows, (value, row) => {
    const found = classes[decimalsOf(value)]!;
    found.values++;
    found.stays.add(row);
  });
  const move = (from: number, to: number): void => {
    classes[to]!.values += classes[from]!.values;
    for (const stay of classes[from]!.stays) classes[to]!.stays.add(stay);
    classes[from] = { values: 0, stays: new Set() };
  };
  const few = (d: number): boolean => classes[d]!.stays.size < SMALLEST_CELL;
  const last = decimalClasses - 1;
  for (let d = 0; d < last; d++) if (few(d)) move(d, d + 1);
  if (few(last)) {
    const coarser = classes.findLastIndex((_, d) => d < last && !few(d));
    if (coarser < 0) return new Float64Array(decimalClasses);
    move(last, coarser);
  }
  return Float64Array.from(classes, ({ values }) => values);
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
