import type { CohortEvents, EventColumn, EventTable } from '../types.js';

/** Whether two cohorts have the same event tables: names, item columns, columns and kinds in the same order. */
export function sameTables(a: readonly EventTable[], b: readonly EventTable[]): boolean {
  const text = (tables: readonly EventTable[]): string =>
    JSON.stringify(
      tables.map(({ name, itemColumn, columns }) => [
        name,
        itemColumn,
        columns.map((column) => [column.name, column.kind]),
      ]),
    );
  return text(a) === text(b);
}

/** The levels of several columns, each once, in order of appearance. */
function mergedLevels(lists: readonly (readonly string[])[]): readonly string[] {
  const [first] = lists;
  if (first === undefined || lists.every((list) => list === first)) return first ?? [];
  return [...new Set(lists.flat())];
}

function recoded(column: EventColumn, levels: readonly string[]): EventColumn {
  if (column.kind === 'continuous' || column.levels === levels) return column;
  const position = new Map(levels.map((level, index) => [level, index]));
  const code = column.levels.map((level) => position.get(level)!);
  const codes = column.codes.map((old, at) => (column.filled[at] === 1 ? code[old]! : 0));
  return { ...column, codes, levels };
}

/**
 * The same events with one list of levels for each categorical column, so that a code means the same in all of them.
 *
 * @throws RangeError when their tables differ
 */
export function onCommonLevels(parts: readonly CohortEvents[]): CohortEvents[] {
  const [first] = parts;
  if (first === undefined) return [];
  if (!parts.every(({ tables }) => sameTables(tables, first.tables)))
    throw new RangeError('events of different tables');
  const levels = first.tables.map(({ columns }, table) =>
    columns.map((_, index) =>
      mergedLevels(
        parts.map((part) => {
          const column = part.columns[table]![index]!;
          return column.kind === 'categorical' ? column.levels : [];
        }),
      ),
    ),
  );
  return parts.map((part) => ({
    ...part,
    columns: part.columns.map((columns, table) =>
      columns.map((column, index) => recoded(column, levels[table]![index]!)),
    ),
  }));
}

function joinColumns(parts: readonly EventColumn[], size: number): EventColumn {
  const filled = new Uint8Array(size);
  const values = new Float64Array(parts[0]!.kind === 'continuous' ? size : 0);
  const codes = new Int32Array(parts[0]!.kind === 'categorical' ? size : 0);
  let at = 0;
  for (const part of parts) {
    filled.set(part.filled, at);
    if (part.kind === 'continuous') values.set(part.values, at);
    else codes.set(part.codes, at);
    at += part.filled.length;
  }
  const [first] = parts;
  return first!.kind === 'continuous'
    ? { kind: 'continuous', values, filled }
    : { kind: 'categorical', codes, levels: first!.levels, filled };
}

/**
 * The events of several cohorts, the stays of one after those of the other; levels of a categorical column are merged.
 *
 * @param cohorts at least one
 * @throws RangeError when their tables differ
 */
export function joinEvents(cohorts: readonly CohortEvents[]): CohortEvents {
  const parts = onCommonLevels(cohorts);
  const [first] = parts;
  if (first === undefined) throw new RangeError('nothing to join');
  const stays = parts.reduce((sum, { start }) => sum + start.length - 1, 0);
  const size = parts.reduce((sum, { minute }) => sum + minute.length, 0);
  const rows = first.tables.map((_, table) => parts.map(({ columns }) => columns[table]![0]!.filled.length));
  const joined = {
    tables: first.tables,
    grid: first.grid,
    start: new Int32Array(stays + 1),
    table: new Uint8Array(size),
    minute: new Int32Array(size),
    row: new Int32Array(size),
    columns: first.tables.map(({ columns }, table) =>
      columns.map((_, index) =>
        joinColumns(
          parts.map((part) => part.columns[table]![index]!),
          rows[table]!.reduce((sum, count) => sum + count, 0),
        ),
      ),
    ),
  };
  let stay = 0;
  let event = 0;
  const before = first.tables.map(() => 0);
  for (const [index, part] of parts.entries()) {
    joined.table.set(part.table, event);
    joined.minute.set(part.minute, event);
    for (let at = 0; at < part.row.length; at++)
      joined.row[event + at] = part.row[at]! + before[part.table[at]!]!;
    for (let own = 1; own < part.start.length; own++) joined.start[stay + own] = event + part.start[own]!;
    stay += part.start.length - 1;
    event += part.minute.length;
    for (const [table, counts] of rows.entries()) before[table]! += counts[index]!;
  }
  return joined;
}
