import { displayName, displayText } from '../report/names.js';
import { formatValue } from '../report/numbers.js';
import { FAILING, placeOf, type CheckedRow, type RowVerdict } from './checkedRow.js';

/** Printed name of a row's metric. */
export const metricTitle = ({ descriptor, metric }: CheckedRow): string =>
  displayName(descriptor?.title ?? metric);

/** What happened to a row, in one sentence: metric, generator, site, values, change and what is allowed. */
export function sentenceOn(row: CheckedRow): string {
  const { before, after, change, threshold, verdict, reason, rule } = row;
  const value = (number: number | null): string => (number === null ? 'no value' : formatValue(number));
  const parts = [`${metricTitle(row)} of ${displayName(placeOf(row))}: ${verdict}`];
  parts.push(`${value(after)}, baseline ${value(before)}`);
  if (change !== null) parts.push(`${change > 0 ? 'worse' : 'better'} by ${formatValue(Math.abs(change))}`);
  if (threshold !== null) parts.push(`allowed ${formatValue(threshold)} (${rule})`);
  if (reason !== null) parts.push(displayText(reason));
  return parts.join('; ');
}

/** Number of rows by verdict, in the order of first appearance. */
export function countVerdicts(rows: readonly CheckedRow[]): ReadonlyMap<RowVerdict, number> {
  const counts = new Map<RowVerdict, number>();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return counts;
}

export const failing = (rows: readonly CheckedRow[]): CheckedRow[] =>
  rows.filter(({ verdict }) => FAILING.has(verdict));
