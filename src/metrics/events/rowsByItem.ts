import type { TableView } from './eventView.js';
import { itemsOf } from './eventView.js';

/** Rows of a table by the item that they are about; rows without an item belong to none. */
export type RowsByItem = ReadonlyMap<string, Uint32Array>;

const cache = new WeakMap<TableView, RowsByItem>();

export function rowsByItem(table: TableView): RowsByItem {
  const found = cache.get(table);
  if (found !== undefined) return found;
  const { codes, levels } = itemsOf(table);
  const counts = new Uint32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const rows = [...counts].map((count) => new Uint32Array(count));
  counts.fill(0);
  codes.forEach((code, row) => {
    if (code >= 0) rows[code]![counts[code]!++] = row;
  });
  const made = new Map(levels.map((level, code) => [level, rows[code]!]));
  cache.set(table, made);
  return made;
}

/** Items by falling number of rows; equal ones in alphabetical order. */
export function itemsByFrequency(table: TableView): readonly string[] {
  return [...rowsByItem(table)]
    .sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1))
    .map(([item]) => item);
}

/** All rows of a table. */
export const allRows = ({ rows }: TableView): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);

/** Quantities that belong to the patient and not to the item, so that no comparison by item has them. */
export const ITEM_UNRELATED: readonly string[] = ['patientweight'];
