import type { CohortEvents, EventColumn } from '../../../cohort/types.js';
import { eventText, itemsTooLong, type EventText } from './eventText.js';
import { chosenEvents } from './eventWindow.js';
import { normalNumber, normalText } from './normalForm.js';
import { textTables } from './textTables.js';
import { binStart } from './timeDigits.js';
import type { Tokeniser } from './tokeniser.js';

/** How far the events are brought into the form that a generator of texts can give. */
export interface NormalForm {
  /** Minutes, both ends included; default: all. */
  readonly window?: number;
  /** Largest number of events of a stay, see `eventLimit`; default: no limit but the latest 2,048. */
  readonly limit?: number;
  /** Events at the head of every stay that the pipeline put there, which do not count among the latest 2,048; default: none. */
  readonly added?: number;
  /** With a tokeniser, columns that truncation takes are missing and unknown words are U+FFFD. */
  readonly text?: { readonly tokeniser: Tokeniser; readonly length: number };
}

/** A column with the rows `rows` in their order, missing where `kept` is 0. */
function normalColumn(
  column: EventColumn,
  rows: readonly number[],
  kept: Uint8Array,
  word: (text: string) => string,
): EventColumn {
  const filled = Uint8Array.from(rows, (row, i) => column.filled[row]! & kept[i]!);
  if (column.kind === 'continuous') {
    const values = Float64Array.from(rows, (row, i) =>
      filled[i] === 1 ? normalNumber(column.values[row]!) : 0,
    );
    return { kind: 'continuous', values, filled };
  }
  const texts = column.levels.map(word);
  const levels = [...new Set(texts)].filter((text) => text !== '');
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(rows, (row, i) => {
    const code = filled[i] === 1 ? codeOf.get(texts[column.codes[row]!]!) : undefined;
    if (code === undefined) filled[i] = 0;
    return code ?? 0;
  });
  return { kind: 'categorical', codes, levels, filled };
}

/** Events with text in them after truncation; those whose item does not fit count, so that they are told. */
const readableEvents = (events: CohortEvents, text: EventText, length: number): Uint8Array =>
  Uint8Array.from(events.table, (table, event) =>
    Number(text.kept(table, events.row[event]!, length)?.length !== 0),
  );

/**
 * Events in the form in which they come back from text: cells in normal form (lower case, punctuation spaced, numbers to
 * four decimals), minutes at the start of their ten-minute bin, events without text left out, those of a bin ordered by
 * table, then as they were. Levels keep their order, equal ones joined. Stays keep their index. Idempotent.
 *
 * Real events are compared with generated ones in this form only: against raw events every cell would differ.
 *
 * @throws InputError for tables without an item column, and for items that do not fit into the text length
 */
export function normalEvents(events: CohortEvents, form: NormalForm = {}): CohortEvents {
  const schema = textTables(events.tables);
  const tokeniser = form.text?.tokeniser;
  const word = (text: string): string => {
    const normal = normalText(text);
    return tokeniser === undefined ? normal : tokeniser.decode(tokeniser.encode(normal));
  };
  const text = form.text === undefined ? null : eventText(events, form.text.tokeniser);
  const length = form.text?.length ?? Infinity;
  const chosen = chosenEvents(events, form, text === null ? undefined : readableEvents(events, text, length));
  const size = chosen.event.length;
  const table = new Uint8Array(size);
  const minute = new Int32Array(size);
  const row = new Int32Array(size);
  const rows: number[][] = schema.map(() => []);
  for (let stay = 0; stay + 1 < chosen.start.length; stay++) {
    const [from, to] = [chosen.start[stay]!, chosen.start[stay + 1]!];
    const order = Array.from(chosen.event.subarray(from, to)).sort(
      (a, b) =>
        binStart(events.minute[a]!) - binStart(events.minute[b]!) ||
        events.table[a]! - events.table[b]! ||
        a - b,
    );
    order.forEach((event, i) => {
      const of = events.table[event]!;
      table[from + i] = of;
      minute[from + i] = binStart(events.minute[event]!);
      row[from + i] = rows[of]!.push(events.row[event]!) - 1;
    });
  }
  const kept = rows.map((of, t) => schema[t]!.columns.map(() => new Uint8Array(of.length).fill(1)));
  if (text !== null) {
    let tooLong = 0;
    rows.forEach((of, t) =>
      of.forEach((source, i) => {
        const columns = text.kept(t, source, length);
        if (columns === null) tooLong += 1;
        else kept[t]!.forEach((mask, column) => (mask[i] = Number(columns.includes(column))));
      }),
    );
    if (tooLong > 0) throw itemsTooLong(tooLong, length);
  }
  const columns = events.columns.map((of, t) =>
    of.map((column, c) => normalColumn(column, rows[t]!, kept[t]![c]!, word)),
  );
  return { tables: events.tables, grid: events.grid, start: chosen.start, table, minute, row, columns };
}
