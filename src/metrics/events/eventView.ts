import type { Cohort, CohortEvents, EventColumn } from '../../cohort/types.js';
import { CohortCache, cacheName } from '../cohortCache.js';
import { convertedEvents } from './convertedForm.js';

/** One column of a table of events, a cell a row. */
export type ColumnView =
  | {
      readonly name: string;
      readonly kind: 'continuous';
      /** NaN = missing. */
      readonly numbers: Float64Array;
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** Index into `levels`; −1 = missing. */
      readonly codes: Int32Array;
      readonly levels: readonly string[];
    };

export type CategoryView = Extract<ColumnView, { kind: 'categorical' }>;

/** The rows of one table, stay by stay and in the order of time within a stay. */
export interface TableView {
  readonly name: string;
  readonly rows: number;
  /** [rows] row of the cohort */
  readonly stay: Uint32Array;
  /** [rows] */
  readonly minute: Int32Array;
  readonly columns: readonly ColumnView[];
  /** Place of the item column in `columns`. */
  readonly itemColumn: number;
}

/** Events of a cohort as the tables and columns of the real training part, whatever else the cohort has. */
export interface EventView {
  readonly stays: number;
  readonly tables: readonly TableView[];
  /** Columns of the cohort that the training part does not have; they are not compared. */
  readonly unknownColumns: number;
}

const views = new CohortCache<EventView | null>();

/**
 * The events of `cohort` on the tables, columns and kinds of `train`: a column that the cohort lacks has missing cells only, one that
 * train lacks is left out and counted. Null when one of the two has no events. Categories are compared as text: numbers in text
 * lose how they are written (`1`, `1.0` and the number 1 are one category).
 */
export function eventView(cohort: Cohort, train: Cohort): EventView | null {
  return views.get(cohort, `events on ${cacheName(train)}`, () => {
    const template = convertedEvents(train);
    const events = convertedEvents(cohort);
    return template === null || events === null ? null : viewOf(events, template, cohort.size);
  });
}

function viewOf(events: CohortEvents, template: CohortEvents, stays: number): EventView {
  const source = template.tables.map(({ name }) => events.tables.findIndex((table) => table.name === name));
  const place = events.tables.map((_, k) => source.indexOf(k));
  const counts = new Uint32Array(template.tables.length);
  for (let e = 0; e < events.table.length; e++) {
    const to = place[events.table[e]!]!;
    if (to >= 0) counts[to]!++;
  }
  const stay = [...counts].map((count) => new Uint32Array(count));
  const minute = [...counts].map((count) => new Int32Array(count));
  const row = [...counts].map((count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < stays; i++)
    for (let e = events.start[i]!; e < events.start[i + 1]!; e++) {
      const to = place[events.table[e]!]!;
      if (to < 0) continue;
      const at = counts[to]!++;
      stay[to]![at] = i;
      minute[to]![at] = events.minute[e]!;
      row[to]![at] = events.row[e]!;
    }
  const known = new Set(
    template.tables.flatMap(({ name, columns }) => columns.map((c) => `${name}\n${c.name}`)),
  );
  const own = events.tables.flatMap(({ name, columns }) => columns.map((c) => `${name}\n${c.name}`));
  const tables = template.tables.map((table, k): TableView => {
    const from = source[k]!;
    return {
      name: table.name,
      rows: counts[k]!,
      stay: stay[k]!,
      minute: minute[k]!,
      itemColumn: table.columns.findIndex(({ name }) => name === table.itemColumn),
      columns: table.columns.map(({ name, kind }) => {
        const at = from < 0 ? -1 : events.tables[from]!.columns.findIndex((column) => column.name === name);
        return columnView(name, kind, at < 0 ? null : events.columns[from]![at]!, row[k]!);
      }),
    };
  });
  return { stays, tables, unknownColumns: own.filter((name) => !known.has(name)).length };
}

function columnView(
  name: string,
  kind: ColumnView['kind'],
  column: EventColumn | null,
  rows: Int32Array,
): ColumnView {
  const filled = (row: number): boolean => column?.filled[row] === 1;
  if (kind === 'continuous') {
    const numbers = new Float64Array(rows.length).fill(Number.NaN);
    const numberOf = column?.kind === 'categorical' ? column.levels.map(decimal) : null;
    rows.forEach((row, i) => {
      if (!filled(row)) return;
      const value = column!.kind === 'continuous' ? column!.values[row]! : numberOf![column!.codes[row]!]!;
      if (Number.isFinite(value)) numbers[i] = value;
    });
    return { name, kind, numbers };
  }
  const number = new Map<string, number>();
  const codeOf = (text: string): number => {
    const found = number.get(text) ?? number.size;
    number.set(text, found);
    return found;
  };
  const codes = new Int32Array(rows.length).fill(-1);
  const levelCodes = new Map<number, number>();
  rows.forEach((row, i) => {
    if (!filled(row)) return;
    if (column!.kind === 'continuous') {
      codes[i] = codeOf(categoryText(String(column!.values[row]!)));
      return;
    }
    const level = column!.codes[row]!;
    let code = levelCodes.get(level);
    if (code === undefined) levelCodes.set(level, (code = codeOf(categoryText(column!.levels[level]!))));
    codes[i] = code;
  });
  return { name, kind, codes, levels: [...number.keys()] };
}

/** A number in plain decimal notation; NaN for everything else (`nan`, `1e5`, `1_0`). */
export function decimal(text: string): number {
  const trimmed = text.trim();
  return /^-?(\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** A category as it is compared: without outer blanks, and a decimal number however it is written as the same text. */
function categoryText(text: string): string {
  const value = decimal(text);
  return Number.isFinite(value) && Math.abs(value) < 1e15 ? String(value) : text.trim();
}

/** One coding of the categories of two columns, in alphabetical order, so that it depends on their content only. */
export interface JointCategories {
  readonly size: number;
  readonly levels: readonly string[];
  /** [rows]; −1 = missing */
  readonly first: Int32Array;
  readonly second: Int32Array;
}

export function jointCategories(first: CategoryView, second: CategoryView): JointCategories {
  const levels = [...new Set([...first.levels, ...second.levels])].sort();
  const place = new Map(levels.map((level, code) => [level, code]));
  const coded = ({ codes, levels: own }: CategoryView): Int32Array => {
    const to = own.map((level) => place.get(level)!);
    return codes.map((code) => (code < 0 ? -1 : to[code]!));
  };
  return { size: levels.length, levels, first: coded(first), second: coded(second) };
}

/** The item column; tables without one have a single item, which no row names. */
export function itemsOf(table: TableView): CategoryView {
  const column = table.columns[table.itemColumn];
  if (column?.kind === 'categorical') return column;
  return {
    name: '',
    kind: 'categorical',
    codes: new Int32Array(table.rows).fill(-1),
    levels: [],
  };
}
