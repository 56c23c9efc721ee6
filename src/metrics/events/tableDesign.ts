import type { FeatureTable } from '../../stats/featureTable.js';
import type { TableView } from './eventView.js';

/** Rows of a table of events that a model reads. */
export interface TableRows {
  readonly table: TableView;
  readonly rows: Uint32Array;
}

/** Categories of a column that get an indicator of their own: the most frequent ones of the training rows. */
const INDICATORS = 20;

/** How the other columns of a table become numbers, learnt on training rows. */
export interface TableDesign {
  design(rows: TableRows): FeatureTable;
}

export const designDefinition = `the other columns as numbers (missing = NaN) and as 0/1 indicators of their ${INDICATORS} most frequent training categories (dense; a missing or unknown category has all indicators at 0)`;

export function tableDesign({ table, rows }: TableRows, target: number): TableDesign {
  const indicators = table.columns.map((column, c) => {
    if (c === target || column.kind === 'continuous') return null;
    const counts = new Uint32Array(column.levels.length);
    for (const row of rows) if (column.codes[row]! >= 0) counts[column.codes[row]!]!++;
    return [...column.levels.keys()]
      .filter((code) => counts[code]! > 0)
      .sort((a, b) => counts[b]! - counts[a]! || (column.levels[a]! < column.levels[b]! ? -1 : 1))
      .slice(0, INDICATORS)
      .map((code) => column.levels[code]!);
  });
  const names = table.columns.flatMap((column, c) =>
    c === target ? [] : (indicators[c]?.map((level) => `${column.name}=${level}`) ?? [column.name]),
  );
  return {
    design: ({ table: other, rows: chosen }) => {
      const values = new Float32Array(chosen.length * names.length);
      let to = 0;
      other.columns.forEach((column, c) => {
        if (c === target) return;
        if (column.kind === 'continuous') {
          chosen.forEach((row, i) => (values[i * names.length + to] = column.numbers[row]!));
          to++;
          return;
        }
        const levels = indicators[c]!;
        const place = new Map(levels.map((level, k) => [level, k]));
        const offset = column.levels.map((level) => place.get(level) ?? -1);
        chosen.forEach((row, i) => {
          const code = column.codes[row]!;
          const at = code < 0 ? -1 : offset[code]!;
          if (at >= 0) values[i * names.length + to + at] = 1;
        });
        to += levels.length;
      });
      return { rows: chosen.length, columns: names, values };
    },
  };
}
