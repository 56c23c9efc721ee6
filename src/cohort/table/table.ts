import type { VariableKind } from '../types.js';

/** What a column's values are, whatever the file format calls it. `text-of-anything`: CSV, where every cell is text. */
export type ColumnContent =
  'text' | 'integer' | 'number' | 'boolean' | 'nothing' | 'text-of-anything' | 'other';

export interface TableColumn {
  readonly name: string;
  readonly content: ColumnContent;
  /** Type as the format names it, for messages. */
  readonly declared: string;
}

/** A column asked for. `text` gives strings; all others give numbers. */
export type WantedColumn =
  | { readonly name: string; readonly as: 'text' | 'step' | Exclude<VariableKind, 'categorical'> }
  | { readonly name: string; readonly as: 'categorical'; readonly levels: readonly string[] };

/** Marks in number columns for cells that hold no finite number. */
export const cellMark = {
  /** Null or empty cell: not a number in the array. */
  empty: Number.NaN,
  /** NaN or ±infinity in the file. */
  notFinite: Number.POSITIVE_INFINITY,
  /** Text that is no number (or no integer where a step is wanted). */
  noNumber: Number.NEGATIVE_INFINITY,
  /** Text that is none of the levels. */
  unknownLevel: -1,
} as const;

/** Some rows of a table, column-wise, in file order. The arrays are overwritten by the next chunk. */
export interface TableChunk {
  readonly rows: number;
  /** One entry a wanted column: its strings (null = empty), or null for number columns. */
  readonly texts: readonly (readonly (string | null)[] | null)[];
  /** One entry a wanted column: its numbers (level index for categorical) or marks, or null for text columns. */
  readonly numbers: readonly (Float64Array | null)[];
}

/** One open table of a cohort folder. */
export interface Table {
  /** The file as the user named it. */
  readonly file: string;
  readonly columns: readonly TableColumn[];
  /** All rows in file order. @throws InputError when the file turns out to be damaged. */
  read(wanted: readonly WantedColumn[]): AsyncGenerator<TableChunk, void, undefined>;
  close(): void;
}
