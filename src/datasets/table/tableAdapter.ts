import { stat } from 'node:fs/promises';

import { InputError } from '../../cohort/inputError.js';
import type { Variable } from '../../cohort/types.js';
import type { IngestAdapter, SourceTable, SourceType } from '../ingest/adapter.js';
import { featureSetOf, type FeatureSet } from '../ingest/conceptDictionary.js';
import { readTableMapping, type TableMapping } from './tableMapping.js';
import { drugQuery, labelQuery, longQuery, staysScript, wideQuery } from './tableSql.js';

type Moment = TableMapping['stays']['end'];

function typeOf(moment: Moment): SourceType {
  return moment.unit === undefined ? 'TIMESTAMP' : 'DOUBLE';
}

/** Items of a wide table: the columns that the concepts list under its name. */
function itemsOf({ concepts }: FeatureSet, table: string): string[] {
  return concepts.flatMap(({ items }) =>
    (items['table'] ?? []).filter(({ origin }) => origin === table).map(({ item }) => item),
  );
}

function staysTable({ stays }: TableMapping): SourceTable {
  const columns: Record<string, SourceType> = { [stays.patient]: 'VARCHAR' };
  for (const column of [stays.stay, stays.hospital, stays.admission])
    if (column !== undefined) columns[column] = 'VARCHAR';
  if (stays.start !== undefined) columns[stays.start] = 'TIMESTAMP';
  columns[stays.end.column] = typeOf(stays.end);
  if (stays.age !== undefined) columns[stays.age] = 'DOUBLE';
  for (const { column, kind } of stays.statics) columns[column] = kind === 'categorical' ? 'VARCHAR' : 'DOUBLE';
  for (const { column, positive } of stays.labels) columns[column] = positive === undefined ? 'DOUBLE' : 'VARCHAR';
  return { name: 'stays', file: stays.file, presence: 'needed', columns };
}

function measurementTable(one: TableMapping['measurements'][number], items: readonly string[]): SourceTable {
  const columns: Record<string, SourceType> = { [one.stay]: 'VARCHAR', [one.time.column]: typeOf(one.time) };
  const value: SourceType = one.text === 'skip' ? 'VARCHAR' : 'DOUBLE';
  if (one.layout === 'wide') for (const item of items) columns[item] = value;
  else {
    columns[one.item!] = 'VARCHAR';
    columns[one.value!] = value;
    if (one.unit !== undefined) columns[one.unit] = 'VARCHAR';
  }
  return { name: one.name, file: one.file, presence: 'needed', columns };
}

function drugTable({ name, file, stay, start, end, drug }: TableMapping['drugs'][number]): SourceTable {
  const columns: Record<string, SourceType> = {
    [stay]: 'VARCHAR',
    [start.column]: typeOf(start),
    [drug]: 'VARCHAR',
  };
  if (end !== undefined) columns[end.column] = typeOf(end);
  return { name, file, presence: 'needed', columns };
}

function checkMapping(mapping: TableMapping, file: string): void {
  const fail = (place: string, expected: string, found: string, remedy: string): never => {
    throw new InputError({ file, place, expected, found, remedy });
  };
  const { stays, measurements, drugs } = mapping;
  const moments: [string, Moment][] = [
    ['stays.end', stays.end],
    ...measurements.map(({ name, time }): [string, Moment] => [`measurements ${name}`, time]),
    ...drugs.flatMap(({ name, start, end }): [string, Moment][] => [
      [`drugs ${name}`, start],
      ...(end === undefined ? [] : [[`drugs ${name}`, end] as [string, Moment]]),
    ]),
  ];
  for (const [place, { unit }] of moments)
    if (unit === undefined && stays.start === undefined)
      fail(place, 'a unit (minutes, hours, days), or stays.start for times that are dates', 'neither', 'Add one.');
  for (const { name, layout, item, value, unit } of measurements) {
    const long = item !== undefined && value !== undefined;
    if (layout === 'long' && !long)
      fail(`measurements ${name}`, 'item and value for the long layout', 'none', 'Name both columns.');
    if (layout === 'wide' && (item ?? value ?? unit) !== undefined)
      fail(`measurements ${name}`, 'no item, value or unit for the wide layout', 'one', 'Remove it.');
  }
  const names = ['stays', ...measurements.map(({ name }) => name), ...drugs.map(({ name }) => name)];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    fail('name', 'different names for stays, measurements and drugs', `"${repeated}" twice`, 'Rename one.');
}

/**
 * An adapter for somebody's own tables, wide or long, CSV or Parquet, made from a mapping file.
 *
 * @throws InputError on a mapping that is missing or contradicts itself
 */
export async function tableAdapter(file: string): Promise<IngestAdapter> {
  if ((await stat(file).catch(() => null))?.isFile() !== true)
    throw new InputError({
      file,
      place: '--mapping',
      expected: 'a mapping file',
      found: 'no such file',
      remedy: 'See docs/datasets.md for an example.',
    });
  const mapping = await readTableMapping(file);
  checkMapping(mapping, file);
  const featureSet = await featureSetOf(mapping.features, file);
  const { stays, measurements, drugs } = mapping;
  const queries = new Map<string, string>([['stays', staysScript(stays)]]);
  for (const label of stays.labels) queries.set(`label ${label.name}`, labelQuery(label));
  for (const one of measurements) {
    const items = itemsOf(featureSet, one.name);
    queries.set(`measurements ${one.name}`, one.layout === 'wide' ? wideQuery(one, items) : longQuery(one));
  }
  for (const one of drugs) queries.set(`drugs ${one.name}`, drugQuery(one));
  const statics = stays.statics.map(
    ({ name, kind, unit, range, levels }): Variable => ({
      name,
      kind,
      ...(unit === undefined ? {} : { unit }),
      ...(range === undefined ? {} : { range }),
      ...(levels === undefined ? {} : { levels }),
    }),
  );
  return {
    id: mapping.name,
    title: mapping.name,
    licence: mapping.licence,
    citation: mapping.citation,
    itemsOf: ['table'],
    featureSet,
    tables: [
      staysTable(mapping),
      ...measurements.map((one) => measurementTable(one, itemsOf(featureSet, one.name))),
      ...drugs.map(drugTable),
    ],
    sql: (name) => {
      const query = queries.get(name);
      return query === undefined ? Promise.reject(new Error(`no query ${name}`)) : Promise.resolve(query);
    },
    stays: { tables: ['stays'], sql: 'stays' },
    groupings: ['hospital'],
    statics,
    labels: Object.fromEntries(
      stays.labels.map(({ name, definition }) => [name, { definition, tables: [], sql: `label ${name}` }]),
    ),
    measurements: measurements.map(({ name }) => ({
      origins: [name],
      tables: [name],
      sql: `measurements ${name}`,
    })),
    drugs: drugs.map(({ name }) => ({ tables: [name], sql: `drugs ${name}` })),
    events: [],
  };
}
