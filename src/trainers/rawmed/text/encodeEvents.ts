import type { CohortEvents } from '../../../cohort/types.js';
import { NOT_NUMERIC } from './digitPlaces.js';
import { eventText, itemsTooLong, type Segment } from './eventText.js';
import { SEP, type Tokeniser } from './tokeniser.js';

/** Ids of the type stream; 4 and 5 are not used. */
export const TYPE = { pad: 0, table: 1, column: 2, value: 3, end: 6 } as const;
export const TYPES = 7;

/** Events as three aligned id streams. */
export interface EncodedEvents {
  /** Number of events M. */
  readonly count: number;
  /** Positions L of an event. */
  readonly length: number;
  /** [M·L] pieces, SEP behind the last, then PAD */
  readonly tokens: Uint16Array;
  /** [M·L] see {@link TYPE} */
  readonly types: Uint8Array;
  /** [M·L] digit places */
  readonly places: Uint8Array;
  /** [M] bits of {@link LOSS} */
  readonly losses: Uint8Array;
  readonly statistics: TextStatistics;
}

/** What an event lost on its way to text. */
export const LOSS = { truncated: 1, unknown: 2, empty: 4 } as const;

/** What truncation and the vocabulary took. */
export interface TextStatistics {
  readonly events: number;
  /** Events that lost a column. */
  readonly truncatedEvents: number;
  /** Filled cells. */
  readonly columns: number;
  readonly truncatedColumns: number;
  /** Pieces written, without SEP. */
  readonly tokens: number;
  readonly unknownTokens: number;
  /** Events without any cell: table and SEP alone. No parser takes them. */
  readonly emptyEvents: number;
}

/**
 * Text of every event: table, then name and value of each kept column, then SEP; truncated by whole column.
 *
 * @returns streams in the order of the events
 * @throws InputError for tables without an item column, and once for all events whose table and item do not fit
 */
export function encodeEvents(
  events: CohortEvents,
  tokeniser: Tokeniser,
  { length }: { length: number },
): EncodedEvents {
  const count = events.table.length;
  const tokens = new Uint16Array(count * length);
  const types = new Uint8Array(count * length);
  const places = new Uint8Array(count * length);
  const losses = new Uint8Array(count);
  const text = eventText(events, tokeniser);
  let at = 0;
  let written = 0;
  let unknown = 0;
  const write = (segment: Segment, type: number): void => {
    tokens.set(segment.tokens, at);
    places.set(segment.places, at);
    types.fill(type, at, at + segment.tokens.length);
    at += segment.tokens.length;
    written += segment.tokens.length;
    unknown += segment.unknown;
  };
  let columns = 0;
  let truncatedColumns = 0;
  let truncatedEvents = 0;
  let emptyEvents = 0;
  let tooLong = 0;
  for (let event = 0; event < count; event++) {
    const table = events.table[event]!;
    const row = events.row[event]!;
    const kept = text.kept(table, row, length);
    if (kept === null) {
      tooLong += 1;
      continue;
    }
    let filled = 0;
    for (let c = 0; c < text.names[table]!.length; c++) filled += Number(text.cell(table, c, row) !== null);
    columns += filled;
    truncatedColumns += filled - kept.length;
    truncatedEvents += Number(filled > kept.length);
    emptyEvents += Number(filled === 0);
    if (filled > kept.length) losses[event]! |= LOSS.truncated;
    if (filled === 0) losses[event]! |= LOSS.empty;
    at = event * length;
    const unknownBefore = unknown;
    write(text.tables[table]!, TYPE.table);
    for (const column of kept) {
      write(text.names[table]![column]!, TYPE.column);
      write(text.cell(table, column, row)!, TYPE.value);
    }
    if (unknown > unknownBefore) losses[event]! |= LOSS.unknown;
    tokens[at] = SEP;
    types[at] = TYPE.end;
    places[at] = NOT_NUMERIC;
  }
  if (tooLong > 0) throw itemsTooLong(tooLong, length);
  const statistics = {
    events: count,
    truncatedEvents,
    columns,
    truncatedColumns,
    tokens: written,
    unknownTokens: unknown,
    emptyEvents,
  };
  return { count, length, tokens, types, places, losses, statistics };
}
