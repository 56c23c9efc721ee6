import type { CohortEvents } from '../../cohort/types.js';
import type { EventText } from '../rawmed/text/eventText.js';
import { SEP, type Tokeniser } from '../rawmed/text/tokeniser.js';

/**
 * Ids that say the text of an event: the tokeniser's pieces, of which SEP ends an event, then one id for the name of each table,
 * then one for the name of each column of each table. A name is one token, since a value has no other end than the next name.
 */
export interface TextIds {
  /** Number of ids. */
  readonly size: number;
  /** Pieces of the tokeniser. */
  readonly pieces: number;
  /** Id of every table's name. */
  readonly tables: readonly number[];
  /** [table] ids of its columns' names, in source order. */
  readonly columns: readonly (readonly number[])[];
}

export function textIds(tables: CohortEvents['tables'], pieces: number): TextIds {
  let next = pieces + tables.length;
  const columns = tables.map((table) => table.columns.map(() => next++));
  return { size: next, pieces, tables: tables.map((_, t) => pieces + t), columns };
}

/** Ids of an event's text, SEP included; null where its item does not fit into `length` tokens of the tokeniser. */
export function eventIds(
  ids: TextIds,
  text: EventText,
  table: number,
  row: number,
  length: number,
): readonly number[] | null {
  const kept = text.kept(table, row, length);
  if (kept === null) return null;
  return [
    ids.tables[table]!,
    ...kept.flatMap((column) => [ids.columns[table]![column]!, ...text.cell(table, column, row)!.tokens]),
    SEP,
  ];
}

/** The streams of tokens and types that the parser of event texts reads. */
export function textStreams(
  { pieces, tables, columns }: TextIds,
  tokeniser: Tokeniser,
  names: { readonly tables: readonly string[]; readonly columns: readonly (readonly string[])[] },
  types: { readonly table: number; readonly column: number; readonly value: number; readonly end: number },
  codes: readonly number[],
): { readonly tokens: readonly number[]; readonly types: readonly number[] } {
  const tokens: number[] = [];
  const kinds: number[] = [];
  const add = (own: ArrayLike<number>, type: number): void => {
    for (let i = 0; i < own.length; i++) {
      tokens.push(own[i]!);
      kinds.push(type);
    }
  };
  for (const code of codes) {
    if (code === SEP) add([code], types.end);
    else if (code < pieces) add([code], types.value);
    else if (code < pieces + tables.length) add(tokeniser.encode(names.tables[code - pieces]!), types.table);
    else {
      const table = columns.findIndex((own) => own.includes(code));
      add(tokeniser.encode(names.columns[table]![columns[table]!.indexOf(code)]!), types.column);
    }
  }
  return { tokens, types: kinds };
}
