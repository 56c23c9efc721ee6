import { InputError } from '../../cohort/inputError.js';
import type { IngestAdapter, MeasurementSource } from './adapter.js';
import type { FeatureSet } from './featureSet.js';
import type { IngestDatabase } from './ingestDatabase.js';
import type { IngestOptions } from './ingestOptions.js';
import { createReadings, takeReadings, unpivoted } from './readings.js';
import { sideBySide } from './sideBySide.js';
import { bracketed, sqlBeside } from './sqlFile.js';
import { sqlText } from '../../cohort/table/duckdb.js';

const here = sqlBeside(import.meta.url);

/** Values that did not come into the cohort or were changed on the way, by feature name. */
export interface ValueCounts {
  /** Values in the window and the ICU stay, used or not. */
  readonly values: number;
  /** Outside the plausible range. */
  readonly outOfRange: Readonly<Record<string, number>>;
  /** In a unit without a conversion; only with `unknownUnits: drop`. */
  readonly unknownUnit: Readonly<Record<string, number>>;
  /** Brought from another unit. */
  readonly converted: readonly { feature: string; from: string; values: number }[];
}

/** SELECT of (stay, minute, feature, value, unit) of a source, in brackets. */
async function longForm(
  database: IngestDatabase,
  adapter: IngestAdapter,
  source: MeasurementSource,
): Promise<string> {
  const query = bracketed(await adapter.sql(source.sql));
  return source.wide === true ? unpivoted(database, query, source.origins[0]!) : query;
}

async function viewSource(
  database: IngestDatabase,
  adapter: IngestAdapter,
  source: MeasurementSource,
): Promise<void> {
  await database.run(
    `CREATE OR REPLACE TEMP VIEW measurement AS ${await longForm(database, adapter, source)}`,
  );
  await database.run(await here('measured.sql'));
}

async function takeSource(
  database: IngestDatabase,
  adapter: IngestAdapter,
  source: MeasurementSource,
  features: FeatureSet,
): Promise<void> {
  await viewSource(database, adapter, source);
  const kinds = await database.rows(
    `SELECT DISTINCT aggregate FROM items JOIN features USING (feature)
     WHERE origin IN (${source.origins.map(sqlText).join(', ')}) ORDER BY 1`,
  );
  for (const [kind] of kinds) {
    if (kind === 'mean' && source.wide === true && (await takeReadings(database, adapter, source, features)))
      continue;
    await database.run(await here(`tallied-${String(kind)}.sql`));
  }
}

/** Names the unit; only sought when there is one, since it takes another scan. */
async function requireKnownUnits(
  database: IngestDatabase,
  adapter: IngestAdapter,
  { concepts }: FeatureSet,
  options: IngestOptions,
): Promise<void> {
  for (const source of adapter.measurements) {
    await viewSource(database, adapter, source);
    const [worst] = await database.rows(
      'SELECT feature, unit, count(*) FROM measured WHERE fault = 1 GROUP BY ALL ORDER BY 3 DESC, 1, 2 LIMIT 1',
    );
    if (worst === undefined) continue;
    const concept = concepts[Number(worst[0])]!;
    throw new InputError({
      file: options.from,
      place: `concept ${concept.name}`,
      expected: `one of the units ${concept.conversions.map((one) => one.unit).join(', ')}`,
      found: `${Number(worst[2])} values in '${String(worst[1])}', which has no conversion`,
      remedy:
        'Add the unit to the concept in a feature file (--features FILE), or leave such values out with --unknown-units drop.',
    });
  }
}

async function countsOf(database: IngestDatabase, { concepts }: FeatureSet): Promise<ValueCounts> {
  const rows = await database.rows(
    `SELECT t.feature, t.fault, c.unit, coalesce(c.scale <> 1 OR c.shift <> 0, false), sum(t.n)
     FROM (
       SELECT feature, conversion, fault, sum(n) AS n FROM tallies GROUP BY ALL
       UNION ALL
       SELECT feature, conversion, fault, count(*) FROM listed GROUP BY ALL
       UNION ALL
       FROM counted
     ) t LEFT JOIN conversions c USING (conversion)
     GROUP BY ALL ORDER BY ALL`,
  );
  const outOfRange: Record<string, number> = {};
  const unknownUnit: Record<string, number> = {};
  const converted: { feature: string; from: string; values: number }[] = [];
  let values = 0;
  for (const [feature, fault, unit, changed, n] of rows) {
    const { name } = concepts[Number(feature)]!;
    const count = Number(n);
    values += count;
    if (fault === 1) unknownUnit[name] = (unknownUnit[name] ?? 0) + count;
    if (fault === 2) outOfRange[name] = (outOfRange[name] ?? 0) + count;
    if (fault === 0 && changed === 1) converted.push({ feature: name, from: String(unit), values: count });
  }
  return { values, outOfRange, unknownUnit, converted };
}

/** @throws InputError when measurements exist for the stays but none lies in the window */
async function requireSomeInWindow(
  database: IngestDatabase,
  adapter: IngestAdapter,
  options: IngestOptions,
): Promise<void> {
  // Sources may leave out what lies outside the window: now all of it is wanted.
  const window = await database.count("SELECT getvariable('window_minutes')");
  await database.run('SET VARIABLE from_minute = -1000000000; SET VARIABLE window_minutes = 1000000000;');
  let outside = 0;
  for (const source of adapter.measurements) {
    const query = await longForm(database, adapter, source);
    outside += await database.count(
      `SELECT count(*) FROM ${query} m JOIN stays USING (stay) WHERE m.value IS NOT NULL`,
    );
  }
  await database.run(`SET VARIABLE from_minute = 0; SET VARIABLE window_minutes = ${window};`);
  if (outside > 0)
    throw new InputError({
      file: options.from,
      expected: 'measurements inside the window and the ICU stay',
      found: `${outside} measurements of the stays, all before admission or after the window`,
      remedy: 'Check that times are in the unit that the source documents, or widen --window.',
    });
}

/**
 * Gathers the measurements of all sources in three tables: `tallies`, one row a stay, step, feature, conversion and fault;
 * `readings`, one row a stay and step for a wide source's means; and `listed`, one row a value, for concepts of which the
 * median is wanted.
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
    CREATE TABLE tallies (stay_row INTEGER, step INTEGER, feature USMALLINT, conversion USMALLINT, fault TINYINT,
      n BIGINT, total DECIMAL(38, 6), latest STRUCT(minute DOUBLE, value DOUBLE), highest DOUBLE);
    CREATE TABLE listed (stay_row INTEGER, step INTEGER, feature USMALLINT, conversion USMALLINT, fault TINYINT,
      value DOUBLE);`);
  await createReadings(database, features);
  await sideBySide(database, adapter.measurements, (connection, source) =>
    takeSource(connection, adapter, source, features),
  );
  const counts = await countsOf(database, features);
  if (options.unknownUnits === 'error' && Object.keys(counts.unknownUnit).length > 0)
    await requireKnownUnits(database, adapter, features, options);
  if (counts.values === 0) await requireSomeInWindow(database, adapter, options);
  return counts;
}
