import { InputError } from '../../cohort/inputError.js';
import type { IngestAdapter, MeasurementSource } from './adapter.js';
import type { FeatureSet } from './conceptDictionary.js';
import type { IngestDatabase } from './ingestDatabase.js';
import type { IngestOptions } from './ingestOptions.js';
import { bracketed, sqlBeside } from './sqlFile.js';
import { sqlText } from '../../cohort/table/duckdb.js';

const here = sqlBeside(import.meta.url);

/** Values that did not come into the cohort or were changed on the way, by feature name. */
export interface ValueCounts {
  /** Outside the plausible range. */
  readonly outOfRange: Readonly<Record<string, number>>;
  /** In a unit without a conversion; only with `unknownUnits: drop`. */
  readonly unknownUnit: Readonly<Record<string, number>>;
  /** Brought from another unit. */
  readonly converted: readonly { feature: string; from: string; values: number }[];
}

async function takeSource(database: IngestDatabase, adapter: IngestAdapter, source: MeasurementSource): Promise<void> {
  await database.run(`CREATE OR REPLACE VIEW measurement AS ${bracketed(await adapter.sql(source.sql))}`);
  await database.run(await here('measured.sql'));
  const kinds = await database.rows(
    `SELECT DISTINCT aggregate = 'median' FROM items JOIN features USING (feature) WHERE origin IN (${source.origins.map(sqlText).join(', ')})`,
  );
  for (const [listed] of kinds)
    await database.run(await here(listed === 1 ? 'listed.sql' : 'tallied.sql'));
}

async function countsOf(
  database: IngestDatabase,
  { concepts }: FeatureSet,
  options: IngestOptions,
): Promise<ValueCounts> {
  const rows = await database.rows(
    `SELECT feature, unit, fault, CAST(converted AS INTEGER), sum(n) FROM value_counts GROUP BY ALL ORDER BY ALL`,
  );
  const outOfRange: Record<string, number> = {};
  const unknownUnit: Record<string, number> = {};
  const converted: { feature: string; from: string; values: number }[] = [];
  for (const [feature, unit, fault, changed, n] of rows) {
    const concept = concepts[Number(feature)]!;
    const count = Number(n);
    if (fault === 1 && options.unknownUnits === 'error')
      throw new InputError({
        file: options.from,
        place: `concept ${concept.name}`,
        expected: `one of the units ${concept.conversions.map((one) => one.unit).join(', ')}`,
        found: `${count} values in '${String(unit)}', which has no conversion`,
        remedy:
          'Add the unit to the concept in a feature file (--features FILE), or leave such values out with --unknown-units drop.',
      });
    if (fault === 1) unknownUnit[concept.name] = (unknownUnit[concept.name] ?? 0) + count;
    if (fault === 2) outOfRange[concept.name] = (outOfRange[concept.name] ?? 0) + count;
    if (fault === 0 && changed === 1)
      converted.push({ feature: concept.name, from: String(unit), values: count });
  }
  return { outOfRange, unknownUnit, converted };
}

/**
 * Turns the measurements of all sources into the table `cells` (stay_row, step, feature, value).
 *
 * @throws InputError on a unit that has no conversion (unless such values are to be dropped), and when sources have
 * measurements but none falls into the window
 */
export async function gatherMeasurements(
  database: IngestDatabase,
  adapter: IngestAdapter,
  features: FeatureSet,
  options: IngestOptions,
): Promise<ValueCounts> {
  await database.run(`
    CREATE TABLE tallies (stay_row INTEGER, step INTEGER, feature USMALLINT, aggregate VARCHAR, n BIGINT,
      total DECIMAL(38, 6), latest STRUCT(minute DOUBLE, value DOUBLE), highest DOUBLE);
    CREATE TABLE listed (stay_row INTEGER, step INTEGER, feature USMALLINT, value DOUBLE);
    CREATE TABLE value_counts (feature USMALLINT, unit VARCHAR, fault INTEGER, converted BOOLEAN, n BIGINT);`);
  for (const source of adapter.measurements) await takeSource(database, adapter, source);
  const counts = await countsOf(database, features, options);
  await database.run(await here('cells.sql'));
  await database.run('DROP TABLE tallies; DROP TABLE listed;');
  return counts;
}

/** @throws InputError when measurements exist for the stays but none lies in the window */
export async function requireSomeInWindow(
  database: IngestDatabase,
  adapter: IngestAdapter,
  options: IngestOptions,
): Promise<void> {
  if ((await database.count('SELECT count(*) FROM value_counts')) > 0) return;
  let outside = 0;
  for (const source of adapter.measurements) {
    const query = bracketed(await adapter.sql(source.sql));
    outside += await database.count(
      `SELECT count(*) FROM ${query} m JOIN stays USING (stay) WHERE m.value IS NOT NULL`,
    );
  }
  if (outside > 0)
    throw new InputError({
      file: options.from,
      expected: 'measurements inside the window and the ICU stay',
      found: `${outside} measurements of the stays, all before admission or after the window`,
      remedy: 'Check that times are in the unit that the source documents, or widen --window.',
    });
}
