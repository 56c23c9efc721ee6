import type { EventView } from './eventView.js';

/** Every row of every table as one text: the table and its cells, time and ids left out. Equal texts are equal rows. */
export function rowTexts({ tables }: EventView): readonly (readonly string[])[] {
  return tables.map(({ name, rows, columns }) =>
    Array.from({ length: rows }, (_, row) =>
      JSON.stringify([
        name,
        ...columns.map((column) => {
          if (column.kind === 'continuous') return column.numbers[row]!;
          const code = column.codes[row]!;
          return code < 0 ? null : column.levels[code]!;
        }),
      ]),
    ),
  );
}
