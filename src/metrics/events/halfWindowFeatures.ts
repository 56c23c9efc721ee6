import type { FeatureTable } from '../../stats/featureTable.js';
import { itemsOf, type EventView, type TableView } from './eventView.js';

/** Columns of the table at most: those that most training stays have. */
const MOST_COLUMNS = 400;

export const halfWindowDefinition = `numbers of cells with a value and last numbers per (table, item, column) up to the middle of the window, the ${MOST_COLUMNS} that most real training stays have (no value = missing)`;

/** Which (table, item, column) are read, and whether as a count or as the last number. */
export interface HalfWindowColumns {
  readonly place: ReadonlyMap<string, number>;
}

/** Chosen on the real training stays, so that all generators are asked the same. */
export function halfWindowColumns(train: EventView, half: number): HalfWindowColumns {
  const holders = new Map<string, Set<number>>();
  visit(train, half, (key, stay) => {
    const own = holders.get(key);
    if (own === undefined) holders.set(key, new Set([stay]));
    else own.add(stay);
  });
  const keys = [...holders]
    .sort(([a, first], [b, second]) => second.size - first.size || (a < b ? -1 : 1))
    .slice(0, MOST_COLUMNS)
    .map(([key]) => key);
  return { place: new Map(keys.map((key, c) => [key, c])) };
}

export function halfWindowFeatures(
  view: EventView,
  half: number,
  { place }: HalfWindowColumns,
): FeatureTable {
  const columns = [...place.keys()];
  const values = new Float32Array(view.stays * columns.length);
  for (let c = 0; c < columns.length; c++)
    if (columns[c]!.startsWith('last'))
      for (let stay = 0; stay < view.stays; stay++) values[stay * columns.length + c] = Number.NaN;
  visit(view, half, (key, stay, last) => {
    const c = place.get(key);
    if (c === undefined) return;
    if (last === null) values[stay * columns.length + c]!++;
    else values[stay * columns.length + c] = last;
  });
  return { rows: view.stays, columns, values };
}

/** Every cell with a value up to `half`, in the order of time: once as a count, and numbers once more as themselves. */
function visit(
  view: EventView,
  half: number,
  see: (key: string, stay: number, last: number | null) => void,
): void {
  view.tables.forEach((table, k) => {
    table.columns.forEach((column, c) => {
      const keys = keysOf(table, k, c);
      const { codes } = itemsOf(table);
      for (let row = 0; row < table.rows; row++) {
        if (table.minute[row]! > half) continue;
        const number = column.kind === 'continuous' ? column.numbers[row]! : null;
        if (number === null ? (column as { codes: Int32Array }).codes[row]! < 0 : Number.isNaN(number))
          continue;
        const { count, last } = keys[codes[row]! + 1]!;
        see(count, table.stay[row]!, null);
        if (number !== null) see(last, table.stay[row]!, number);
      }
    });
  });
}

/** Keys by item code + 1; the first is for rows without an item. */
function keysOf(
  table: TableView,
  k: number,
  c: number,
): readonly { readonly count: string; readonly last: string }[] {
  return ['', ...itemsOf(table).levels].map((item) => ({
    count: `count ${k} ${c} ${item}`,
    last: `last ${k} ${c} ${item}`,
  }));
}
