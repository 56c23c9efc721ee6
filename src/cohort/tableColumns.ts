import { InputError } from './inputError.js';
import { didYouMean, nearestName } from './nearestName.js';
import type { ColumnContent, Table, WantedColumn } from './table/table.js';
import type { Variable } from './types.js';

const accepted: Readonly<Record<WantedColumn['as'], { contents: readonly ColumnContent[]; words: string }>> =
  {
    text: { contents: ['text'], words: 'text' },
    step: { contents: ['integer'], words: 'integers' },
    continuous: { contents: ['integer', 'number', 'nothing'], words: 'numbers' },
    binary: { contents: ['integer', 'number', 'boolean', 'nothing'], words: 'numbers 0 and 1 or booleans' },
    categorical: { contents: ['text', 'nothing'], words: 'text (the level)' },
  };

/** How a variable's column is asked for. */
export function wantedVariable({ name, kind, levels }: Variable): WantedColumn {
  return kind === 'categorical' ? { name, as: kind, levels: levels ?? [] } : { name, as: kind };
}

/**
 * Checks that a table has exactly the wanted columns, each of a fitting type. Order does not matter.
 *
 * @throws InputError naming the missing, unknown or wrongly typed column, with the likely meaning of an unknown name
 */
export function requireColumns(table: Table, wanted: readonly WantedColumn[]): void {
  const names = new Set(wanted.map(({ name }) => name));
  const { file, columns } = table;
  const present = new Map(columns.map((column) => [column.name, column]));
  for (const { name } of columns) {
    if (names.has(name)) continue;
    const missing = [...names].filter((one) => !present.has(one));
    throw new InputError({
      file,
      place: `column ${name}`,
      expected: 'only columns that cohort.json describes',
      found: `the unknown column "${name}"`,
      remedy:
        nearestName(name, missing) === null
          ? 'Describe it in cohort.json or leave it out.'
          : didYouMean(name, missing),
    });
  }
  for (const { name, as } of wanted) {
    const column = present.get(name);
    if (column === undefined)
      throw new InputError({
        file,
        place: `column ${name}`,
        expected: `the column "${name}"`,
        found: 'no such column',
        remedy: 'Write the column, or remove it from cohort.json.',
      });
    const { contents, words } = accepted[as];
    if (column.content !== 'text-of-anything' && !contents.includes(column.content))
      throw new InputError({
        file,
        place: `column ${name}`,
        expected: words,
        found: `the type ${column.declared}`,
        remedy: 'Write the column with a fitting type, or correct its kind in cohort.json.',
      });
  }
}
