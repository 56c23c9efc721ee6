import type { CohortEvents, CohortSchema, EventColumn } from '../types.js';
import { requireGrid } from './eventsFile.js';
import { windowMinutes } from './selectEvents.js';

/** Says what is wrong: place, what is expected there, what was found. */
export type Fail = (place: string, expected: string, found: string) => never;

function requireColumn(column: EventColumn, rows: number, place: string, fail: Fail): void {
  const cells = column.kind === 'continuous' ? column.values : column.codes;
  if (cells.length !== rows || column.filled.length !== rows)
    fail(place, `${rows} entries`, `${cells.length} cells and ${column.filled.length} marks`);
  for (let row = 0; row < rows; row++) {
    const cell = cells[row]!;
    if (column.filled[row] !== 1) {
      if (cell !== 0) fail(place, 'cells of 0 where nothing is filled in', 'another one');
    } else if (column.kind === 'continuous') {
      if (!Number.isFinite(cell)) fail(place, 'finite numbers', 'NaN or infinite');
    } else if (cell < 0 || cell >= column.levels.length || column.levels[cell] === '')
      fail(place, 'indices of levels that are not empty', 'another one');
  }
}

/**
 * Checks events in memory: sizes of the arrays, order and window of every stay's events, every row of a table one event,
 * finite numbers and known levels, a grid that fits.
 */
export function requireEvents(
  events: CohortEvents,
  schema: CohortSchema,
  size: number,
  name: string,
  fail: Fail,
): void {
  const { tables, grid, start, table, minute, row, columns } = events;
  const count = minute.length;
  if (start.length !== size + 1 || start[0] !== 0 || start[size] !== count)
    fail('events, start', `${size + 1} entries from 0 to the number of events`, 'others');
  if (table.length !== count || row.length !== count)
    fail('events', `${count} entries in table and row`, `${table.length} and ${row.length}`);
  if (
    columns.length !== tables.length ||
    columns.some((own, at) => own.length !== tables[at]!.columns.length)
  )
    fail('events, columns', 'the columns of the tables', 'others');
  requireGrid(grid, tables, schema.features, name);
  const last = windowMinutes(schema);
  const taken = columns.map((own) => new Uint8Array(own[0]!.filled.length));
  for (let stay = 0; stay < size; stay++) {
    if (start[stay + 1]! < start[stay]!) fail('events, start', 'ascending entries', 'a smaller one');
    for (let at = start[stay]!; at < start[stay + 1]!; at++) {
      if (table[at]! >= tables.length) fail('events, table', 'an index into tables', 'a larger one');
      if (minute[at]! < 0 || minute[at]! > last)
        fail('events, minute', `minutes from 0 to ${last}`, 'another one');
      const before = at > start[stay]! ? minute[at]! - minute[at - 1]! || table[at]! - table[at - 1]! : 0;
      if (before < 0) fail('events', 'events of a stay by minute, then table', 'another order');
      const marks = taken[table[at]!]!;
      if (row[at]! < 0 || row[at]! >= marks.length || marks[row[at]!] === 1)
        fail('events, row', 'a row of the table of its own for every event', 'another one');
      marks[row[at]!] = 1;
    }
  }
  for (const [at, marks] of taken.entries()) {
    if (marks.includes(0))
      fail(`events, table ${tables[at]!.name}`, 'an event for every row', 'rows without');
    for (const [index, column] of columns[at]!.entries()) {
      const { name: own, kind } = tables[at]!.columns[index]!;
      const place = `events, table ${tables[at]!.name}, column ${own}`;
      if (column.kind !== kind) fail(place, `a ${kind} column`, `a ${column.kind} one`);
      requireColumn(column, marks.length, place, fail);
    }
  }
}
