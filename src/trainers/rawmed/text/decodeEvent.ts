import type { EventTable } from '../../../cohort/types.js';
import { TYPE } from './encodeEvents.js';
import { textTables } from './textTables.js';
import { SEP, type Tokeniser } from './tokeniser.js';

/** Why ids are not the text of an event. */
export type TextFault =
  /** Neither SEP nor the type of an end. */
  | 'no-end'
  /** Types that are not one table, then columns and values in turn. */
  | 'type-order'
  | 'unknown-table'
  /** A table without any column. */
  | 'no-column'
  /** A name or value of which no text is left. */
  | 'empty-text';

/** An event as its text says, names not yet compared with the table's. */
export interface TextEvent {
  /** Index of the table. */
  readonly table: number;
  /** Name and value of every column in the order of the text. */
  readonly cells: readonly { readonly column: string; readonly value: string }[];
}

export type DecodedEvent = TextEvent | { readonly rejected: TextFault };

/** Parser of event texts: the inverse of `encodeEvents` on one event. */
export type EventParser = (tokens: ArrayLike<number>, types: ArrayLike<number>) => DecodedEvent;

/** Runs of equal types as [type, from, to). */
function typeRuns(types: ArrayLike<number>, end: number): [number, number, number][] {
  const runs: [number, number, number][] = [];
  for (let i = 0; i < end; i++) {
    const last = runs.at(-1);
    if (last?.[0] === types[i]) last![2] = i + 1;
    else runs.push([types[i]!, i, i + 1]);
  }
  return runs;
}

/**
 * Makes the parser of the tables' events. A text ends at the first SEP or the first end of the type stream, whichever
 * comes first; without one it is rejected, so that no event is skipped while its time stays.
 */
export function eventParser(tables: readonly EventTable[], tokeniser: Tokeniser): EventParser {
  const names = textTables(tables).map(({ name }) => name);
  return (tokens, types) => {
    let end = 0;
    while (end < tokens.length && tokens[end] !== SEP && types[end] !== TYPE.end) end += 1;
    if (end === tokens.length) return { rejected: 'no-end' };
    const runs = typeRuns(types, end);
    const inTurn = runs.every(
      ([type], i) => type === (i === 0 ? TYPE.table : i % 2 === 1 ? TYPE.column : TYPE.value),
    );
    if (runs.length === 0 || !inTurn || runs.length % 2 === 0) return { rejected: 'type-order' };
    const texts = runs.map(([, from, to]) =>
      tokeniser.decode(Array.from({ length: to - from }, (_, i) => tokens[from + i]!)),
    );
    if (texts.includes('')) return { rejected: 'empty-text' };
    const table = names.indexOf(texts[0]!);
    if (table < 0) return { rejected: 'unknown-table' };
    if (runs.length === 1) return { rejected: 'no-column' };
    const cells = [];
    for (let i = 1; i < texts.length; i += 2) cells.push({ column: texts[i]!, value: texts[i + 1]! });
    return { table, cells };
  };
}
