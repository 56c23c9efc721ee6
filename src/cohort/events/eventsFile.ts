import { z } from 'zod';

import { InputError } from '../inputError.js';
import { didYouMean } from '../nearestName.js';
import { printableName } from '../printableName.js';
import type { EventFeature, EventTable, Variable } from '../types.js';

/** Columns of `events.parquet` that belong to no event table. */
const eventKeys = ['patient_id', 'hospital_id', 'stay_id', 'table', 'minute'] as const;

/** One of `tables` in `cohort.json`. */
export const eventTable = z.strictObject({
  name: printableName,
  item_column: printableName,
  columns: z
    .array(z.strictObject({ name: printableName, kind: z.enum(['continuous', 'categorical']) }))
    .min(1),
});

/** One of `grid` in `cohort.json`. */
export const eventFeature = z.strictObject({
  feature: printableName,
  table: printableName,
  items: z.array(z.string().min(1)).min(1),
  column: printableName.nullable(),
  unit: z
    .strictObject({
      columns: z.array(printableName).min(1),
      own: z.array(z.string().min(1)),
      other: z.array(z.string().min(1)),
    })
    .optional(),
});

type TableEntry = z.infer<typeof eventTable>;
type FeatureEntry = z.infer<typeof eventFeature>;

interface Events {
  readonly tables?: readonly EventTable[];
  readonly grid?: readonly EventFeature[];
}

/** @throws InputError on tables or columns twice, a column with two kinds, names of key columns, an unknown item column */
function checkTables(tables: readonly EventTable[], file: string): void {
  const fail = (place: string, expected: string, found: string, remedy: string): never => {
    throw new InputError({ file, place, expected, found, remedy });
  };
  if (new Set(tables.map(({ name }) => name)).size < tables.length)
    fail('tables', 'different names', 'a table twice', 'Name every table once.');
  const kinds = new Map<string, string>();
  const spellings = new Map<string, string>();
  for (const { name, itemColumn, columns } of tables) {
    const place = `table ${name}`;
    const names = columns.map((column) => column.name);
    if (new Set(names).size < names.length)
      fail(place, 'different columns', 'a column twice', 'List every column once.');
    if (!columns.some((column) => column.name === itemColumn && column.kind === 'categorical'))
      fail(
        `${place}, item_column`,
        'one of its categorical columns',
        `"${itemColumn}"`,
        didYouMean(itemColumn, names),
      );
    for (const { name: column, kind } of columns) {
      const key = column.toLowerCase();
      if (eventKeys.some((one) => one === key))
        fail(
          `${place}, column ${column}`,
          `a name other than ${eventKeys.join(', ')}`,
          `"${column}"`,
          'Rename it.',
        );
      if ((spellings.get(key) ?? column) !== column)
        fail(
          `${place}, column ${column}`,
          'names that differ not only in case',
          'two spellings',
          'Rename one of them.',
        );
      spellings.set(key, column);
      if ((kinds.get(column) ?? kind) !== kind)
        fail(
          `${place}, column ${column}`,
          `the kind that another table gives it, ${kinds.get(column)!}`,
          kind,
          'Tables share a column of one name: rename it in one of them, or give it one kind.',
        );
      kinds.set(column, kind);
    }
  }
}

/** The names of each kind, looked up in constant time: a file may hold very many. */
function namesByKind(
  named: readonly { readonly name: string; readonly kind: string }[],
): (kind: string) => ReadonlySet<string> {
  const sets = new Map<string, Set<string>>();
  for (const { name, kind } of named) sets.set(kind, (sets.get(kind) ?? new Set()).add(name));
  return (kind) => sets.get(kind) ?? new Set();
}

/**
 * Checks how a grid is made out of events.
 *
 * @throws InputError on unknown features, tables and columns, kinds that do not fit and a feature twice
 */
export function requireGrid(
  grid: readonly EventFeature[],
  tables: readonly EventTable[],
  features: readonly Variable[],
  file: string,
): void {
  const byName = new Map(tables.map((table) => [table.name, namesByKind(table.columns)]));
  const ofFeatures = namesByKind(features);
  const seen = new Set<string>();
  for (const { feature, table, column, unit } of grid) {
    const known = (place: string, name: string, names: ReadonlySet<string>, what: string): void => {
      if (!names.has(name))
        throw new InputError({
          file,
          place: `grid, feature ${feature}, ${place}`,
          expected: what,
          found: `"${name}"`,
          remedy: didYouMean(name, [...names]),
        });
    };
    const wanted = column === null ? 'binary' : 'continuous';
    known('feature', feature, ofFeatures(wanted), `a ${wanted} feature of the cohort`);
    known('table', table, new Set(byName.keys()), 'one of the event tables');
    const columns = byName.get(table)!;
    if (column !== null)
      known('column', column, columns('continuous'), `a continuous column of the table ${table}`);
    for (const one of unit?.columns ?? [])
      known('unit', one, columns('categorical'), `a categorical column of the table ${table}`);
    if (seen.has(feature))
      throw new InputError({
        file,
        place: `grid, feature ${feature}`,
        expected: 'every feature once',
        found: 'it twice',
        remedy: 'Join the two entries.',
      });
    seen.add(feature);
  }
}

function featureOf({ feature, table, items, column, unit }: FeatureEntry): EventFeature {
  return { feature, table, items, column, ...(unit === undefined ? {} : { unit }) };
}

/** What `cohort.json` says about events. @throws InputError on contradictory tables, or a grid without tables or not of them */
export function checkEvents(
  tables: readonly TableEntry[] | undefined,
  grid: readonly FeatureEntry[] | undefined,
  features: readonly Variable[],
  file: string,
): Events {
  if (tables === undefined) {
    if (grid === undefined) return {};
    throw new InputError({
      file,
      place: 'grid',
      expected: 'no `grid` in a cohort without `tables`',
      found: 'one',
      remedy: 'Describe the event tables, or remove `grid`.',
    });
  }
  const described = tables.map(({ name, item_column, columns }) => ({
    name,
    itemColumn: item_column,
    columns,
  }));
  checkTables(described, file);
  if (grid === undefined) return { tables: described };
  const made = grid.map(featureOf);
  requireGrid(made, described, features, file);
  return { tables: described, grid: made };
}

/** Keys `tables` and `grid` of a `cohort.json`, as far as there are any. */
export function formatEvents(
  tables: readonly EventTable[] | undefined,
  grid: readonly EventFeature[] | undefined,
): { tables?: TableEntry[]; grid?: FeatureEntry[] } {
  if (tables === undefined) return {};
  return {
    tables: tables.map(({ name, itemColumn, columns }) => ({
      name,
      item_column: itemColumn,
      columns: columns.map((column) => ({ ...column })),
    })),
    ...(grid === undefined || grid.length === 0
      ? {}
      : {
          grid: grid.map(({ feature, table, items, column, unit }) => ({
            feature,
            table,
            items: [...items],
            column,
            ...(unit === undefined
              ? {}
              : { unit: { columns: [...unit.columns], own: [...unit.own], other: [...unit.other] } }),
          })),
        }),
  };
}
