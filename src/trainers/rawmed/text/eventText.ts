import { InputError } from '../../../cohort/inputError.js';
import type { CohortEvents } from '../../../cohort/types.js';
import { isSmallCell, SMALLEST_CELL } from '../../../cohort/suppression.js';
import { digitPlaces } from './digitPlaces.js';
import { keptColumns } from './keptColumns.js';
import { normalText, numberText } from './normalForm.js';
import { textTables } from './textTables.js';
import { UNK, type Tokeniser } from './tokeniser.js';

/** Ids of a name or a value, and the digit places of its tokens. */
export interface Segment {
  readonly tokens: Uint16Array;
  readonly places: Uint8Array;
  /** Number of UNK among the tokens. */
  readonly unknown: number;
}

/** How a cohort's events read as text. */
export interface EventText {
  /** [table] */
  readonly tables: readonly Segment[];
  /** [table][column] names */
  readonly names: readonly (readonly Segment[])[];
  /** The value of a cell; null where it is missing or has no token. */
  cell(table: number, column: number, row: number): Segment | null;
  /** Tokens of name and value of every column of a row, 0 where missing, written to the head of `costs`. */
  costs(table: number, row: number, costs: Int32Array): Int32Array;
  /** Columns that the truncation of {@link keptColumns} leaves, null if the item does not fit. */
  kept(table: number, row: number, length: number): number[] | null;
}

/**
 * Reads events as text of a tokeniser. Every level is tokenised once; cells need not be in normal form.
 *
 * @throws InputError for tables without an item column and for names that the tokeniser does not know
 */
export function eventText(events: CohortEvents, tokeniser: Tokeniser): EventText {
  const segment = (text: string): Segment => {
    const tokens = tokeniser.encode(text);
    const places = digitPlaces(Array.from(tokens, (id) => tokeniser.pieces[id]!));
    return { tokens, places, unknown: tokens.reduce((sum, id) => sum + Number(id === UNK), 0) };
  };
  const nameSegment = (name: string): Segment => {
    const read = segment(name);
    if (read.unknown > 0)
      throw new InputError({
        expected: 'tables and columns whose names the tokeniser was learnt with',
        found: `"${name}"`,
        remedy: 'Learn the tokeniser on a training part with the same event tables.',
      });
    return read;
  };
  const schema = textTables(events.tables);
  const tables = schema.map(({ name }) => nameSegment(name));
  const names = schema.map(({ columns }) => columns.map(nameSegment));
  const levelSegment = (level: string): Segment | null => {
    const read = segment(normalText(level));
    return read.tokens.length === 0 ? null : read;
  };
  const levels = events.columns.map((columns) =>
    columns.map((column) => (column.kind === 'categorical' ? column.levels.map(levelSegment) : [])),
  );
  const numbers = new Map<number, Segment>();
  const numberSegment = (value: number): Segment => {
    let read = numbers.get(value);
    if (read === undefined) numbers.set(value, (read = segment(numberText(value))));
    return read;
  };
  const cell: EventText['cell'] = (table, column, row) => {
    const cells = events.columns[table]![column]!;
    if (cells.filled[row] === 0) return null;
    return cells.kind === 'categorical'
      ? levels[table]![column]![cells.codes[row]!]!
      : numberSegment(cells.values[row]!);
  };
  const costs: EventText['costs'] = (table, row, target) => {
    const columns = names[table]!;
    for (let column = 0; column < columns.length; column++) {
      const value = cell(table, column, row);
      target[column] = value === null ? 0 : columns[column]!.tokens.length + value.tokens.length;
    }
    return target.subarray(0, columns.length);
  };
  const room = new Int32Array(Math.max(0, ...names.map((columns) => columns.length)));
  return {
    tables,
    names,
    cell,
    costs,
    kept: (table, row, length) =>
      keptColumns(tables[table]!.tokens.length, costs(table, row, room), schema[table]!.item, length),
  };
}

/** Told once for all events whose table and item do not fit into the text length. */
export function itemsTooLong(count: number, length: number): InputError {
  return new InputError({
    expected: `table and item of every event to fit into ${length} tokens`,
    found: `${isSmallCell(count) ? `fewer than ${SMALLEST_CELL}` : count} events whose item does not`,
    place: 'event tables',
    remedy: 'Raise the text length, or shorten or leave out the items.',
  });
}
