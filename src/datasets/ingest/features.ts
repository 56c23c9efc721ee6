import { sqlText } from '../../cohort/table/duckdb.js';
import type { Variable } from '../../cohort/types.js';
import type { IngestAdapter } from './adapter.js';
import type { Concept, ConceptItem } from './conceptDictionary.js';
import type { FeatureSet } from './featureSet.js';
import { plainUnit } from './conceptDictionary.js';
import type { IngestDatabase } from './ingestDatabase.js';

/** Items of a concept in a source: those listed under the first of the adapter's names that the concept has. */
export function itemsIn(adapter: IngestAdapter, concept: Concept): readonly ConceptItem[] {
  const dataset = adapter.itemsOf.find((one) => concept.items[one] !== undefined);
  return dataset === undefined ? [] : concept.items[dataset]!;
}

/** Features of the cohort: the concepts, then the drugs. */
export function featureVariables({ concepts, drugs }: FeatureSet): Variable[] {
  return [
    ...concepts.map(({ name, kind, unit, range }): Variable =>
      kind === 'binary' ? { name, kind } : { name, kind, range, ...(unit === undefined ? {} : { unit }) },
    ),
    ...drugs.map(({ name }): Variable => ({ name, kind: 'binary' })),
  ];
}

async function fill(database: IngestDatabase, table: string, rows: readonly string[]): Promise<void> {
  if (rows.length > 0) await database.run(`INSERT INTO ${table} VALUES ${rows.join(',\n')}`);
}

/**
 * Puts the dictionary into the database, where the adapters' SQL joins it:
 * - `features(feature, name, aggregate)`, feature = position among the cohort's features;
 * - the variables `lowest` and `highest`: plausible ranges in the same order, since a join for them is slow;
 * - `items(origin, item, item_number, feature, unit)`, item in lower case;
 * - `conversions(conversion, feature, unit, scale, shift)`, numbered, units in lower case without blanks;
 * - `drugs(feature, drug_name)`, one row a name or synonym, padded with blanks.
 */
export async function createDictionary(
  database: IngestDatabase,
  adapter: IngestAdapter,
  { concepts, drugs }: FeatureSet,
): Promise<void> {
  await database.run(`
    CREATE TABLE features (feature USMALLINT, name VARCHAR, aggregate VARCHAR);
    CREATE TABLE items (origin VARCHAR, item VARCHAR, item_number BIGINT, feature USMALLINT, unit VARCHAR);
    CREATE TABLE conversions (conversion USMALLINT, feature USMALLINT, unit VARCHAR, scale DOUBLE, shift DOUBLE);
    CREATE TABLE drugs (feature USMALLINT, drug_name VARCHAR);`);
  await fill(
    database,
    'features',
    concepts.map(({ name, aggregate }, feature) => `(${feature}, ${sqlText(name)}, ${sqlText(aggregate)})`),
  );
  const bounds = (end: 0 | 1): string => `[${concepts.map(({ range }) => range[end]).join(', ')}]::DOUBLE[]`;
  await database.run(`SET VARIABLE lowest = ${bounds(0)}; SET VARIABLE highest = ${bounds(1)};`);
  await fill(
    database,
    'items',
    concepts.flatMap((concept, feature) =>
      itemsIn(adapter, concept).map(
        ({ origin, item, unit }) =>
          `(${sqlText(origin)}, ${sqlText(item.toLowerCase())}, ${/^\d{1,15}$/.test(item) ? item : 'NULL'}, ${feature}, ${unit === undefined ? 'NULL' : sqlText(plainUnit(unit))})`,
      ),
    ),
  );
  await fill(
    database,
    'conversions',
    concepts
      .flatMap(({ conversions }, feature) =>
        conversions.map(({ unit, scale, offset }) => `${feature}, ${sqlText(unit)}, ${scale}, ${offset}`),
      )
      .map((cells, conversion) => `(${conversion}, ${cells})`),
  );
  await fill(
    database,
    'drugs',
    drugs.flatMap(({ name, synonyms }, index) =>
      [name, ...synonyms].map((one) => {
        const plain = one
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, ' ')
          .trim();
        return `(${concepts.length + index}, ${sqlText(` ${plain} `)})`;
      }),
    ),
  );
}
