import { InputError } from '../../../cohort/inputError.js';
import type { EventTable } from '../../../cohort/types.js';
import { normalText } from './normalForm.js';

/** An event table as the text names it. */
export interface TextTable {
  /** Normal form of the table's name. */
  readonly name: string;
  /** Normal forms of the columns' names, in source order. */
  readonly columns: readonly string[];
  /** Index of the item column. */
  readonly item: number;
}

function distinctNames(names: readonly string[], place: string): readonly string[] {
  const normal = names.map(normalText);
  const twin = normal.findIndex((name, i) => name === '' || normal.indexOf(name) !== i);
  if (twin >= 0)
    throw new InputError({
      expected: 'names that differ in lower case with punctuation spaced, none empty',
      found: `"${names[twin]!}"`,
      place,
      remedy: 'Rename it.',
    });
  return normal;
}

/**
 * Names of the tables and their columns in normal form.
 *
 * @throws InputError for a table without a categorical item column and for names that the text cannot tell apart
 */
export function textTables(tables: readonly EventTable[]): readonly TextTable[] {
  const names = distinctNames(
    tables.map(({ name }) => name),
    'event tables',
  );
  return tables.map((table, t) => {
    const item = table.columns.findIndex(({ name }) => name === table.itemColumn);
    if (item < 0 || table.columns[item]!.kind !== 'categorical')
      throw new InputError({
        expected: 'a categorical item column in every event table',
        found: item < 0 ? `no column "${table.itemColumn}"` : `"${table.itemColumn}" to be continuous`,
        place: `event table ${table.name}`,
        remedy: 'Name the column that says what an event is about as the item column.',
      });
    const columns = distinctNames(
      table.columns.map(({ name }) => name),
      `columns of event table ${table.name}`,
    );
    return { name: names[t]!, columns, item };
  });
}
