import { sqlName, sqlText } from '../../cohort/table/duckdb.js';
import type { IngestAdapter, MeasurementSource } from './adapter.js';
import type { Concept } from './conceptDictionary.js';
import type { FeatureSet } from './featureSet.js';
import { itemsIn } from './features.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { bracketed } from './sqlFile.js';

/** A column of a wide source whose values all have one unit. */
interface Reading {
  readonly feature: number;
  readonly column: string;
  readonly range: readonly [number, number];
  readonly conversion: { readonly position: number; readonly scale: number; readonly offset: number } | null;
}

/** Item columns of a wide source, in lower case. */
async function itemColumns(database: IngestDatabase, query: string): Promise<string[]> {
  const rows = await database.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${query})`);
  return rows.map(([name]) => String(name)).filter((name) => name !== 'stay' && name !== 'minute');
}

/** A wide source in the form of a long one: SELECT of (stay, minute, feature, value, unit) in brackets. */
export async function unpivoted(database: IngestDatabase, query: string, origin: string): Promise<string> {
  const cells = (await itemColumns(database, query)).map(
    (name) => `WHEN ${sqlText(name)} THEN w.${sqlName(name)}`,
  );
  return `(SELECT w.stay, w.minute, i.feature, CASE i.item ${cells.join(' ')} END AS value, i.unit
    FROM ${query} w CROSS JOIN (SELECT * FROM items WHERE origin = ${sqlText(origin)}) i)`;
}

/** The reading of a concept in a source; undefined when it has several columns there or no conversion for their unit. */
function readingOf(
  adapter: IngestAdapter,
  concepts: readonly Concept[],
  feature: number,
  origin: string,
): Reading | undefined {
  const concept = concepts[feature]!;
  const [item, another] = itemsIn(adapter, concept).filter((one) => one.origin === origin);
  if (item === undefined || another !== undefined) return undefined;
  const reading = { feature, column: item.item.toLowerCase(), range: concept.range };
  if (item.unit === undefined) return { ...reading, conversion: null };
  const own = concept.conversions.findIndex(({ unit }) => unit === item.unit);
  if (own < 0) return undefined;
  const before = concepts.slice(0, feature).reduce((sum, { conversions }) => sum + conversions.length, 0);
  const { scale, offset } = concept.conversions[own]!;
  return { ...reading, conversion: { position: before + own, scale, offset } };
}

/** Columns of `readings` for a feature: values inside the plausible range, their sum, and all values. */
export const readingColumns = (feature: number) => ({
  n: `n_${feature}`,
  total: `total_${feature}`,
  all: `all_${feature}`,
});

/**
 * Creates `readings`, a row for each step and wide source with columns for every concept of which the mean is wanted, and
 * `counted`, how many values they are by feature, conversion and fault.
 */
export async function createReadings(database: IngestDatabase, { concepts }: FeatureSet): Promise<void> {
  const columns = concepts.flatMap(({ aggregate }, feature) => {
    const { n, total, all } = readingColumns(feature);
    return aggregate === 'mean' ? [`, ${n} BIGINT, ${total} DECIMAL(38, 6), ${all} BIGINT`] : [];
  });
  await database.run(`
    CREATE TABLE readings (origin VARCHAR, stay_row INTEGER, step INTEGER${columns.join('')});
    CREATE TABLE counted (feature USMALLINT, conversion USMALLINT, fault TINYINT, n BIGINT);`);
}

/**
 * Tallies the concepts of a wide source of which the mean is wanted, all of them at once. That is several times as fast as by way of
 * a row for each value, which for bedside monitors counts. Sums are of exact decimals, as in `tallied-mean.sql`.
 *
 * @returns false when one of them has no single column of a known unit, so that they have to go that way
 */
export async function takeReadings(
  database: IngestDatabase,
  adapter: IngestAdapter,
  source: MeasurementSource,
  { concepts }: FeatureSet,
): Promise<boolean> {
  const origin = source.origins[0]!;
  const query = bracketed(await adapter.sql(source.sql));
  const columns = new Set(await itemColumns(database, query));
  const readings: Reading[] = [];
  for (const [feature, concept] of concepts.entries()) {
    if (concept.aggregate !== 'mean' || itemsIn(adapter, concept).every((one) => one.origin !== origin))
      continue;
    const reading = readingOf(adapter, concepts, feature, origin);
    if (reading === undefined || !columns.has(reading.column)) return false;
    readings.push(reading);
  }
  if (readings.length === 0) return true;
  const values = readings.map(({ feature, column, conversion }) => {
    const converted = conversion === null ? '' : ` * ${conversion.scale} + ${conversion.offset}`;
    return `w.${sqlName(column)}${converted} AS value_${feature}`;
  });
  const plausible = readings.map(
    ({ feature, range: [low, high] }) =>
      `CASE WHEN value_${feature} BETWEEN ${low} AND ${high} THEN CAST(value_${feature} AS DECIMAL(18, 6)) END AS plausible_${feature}`,
  );
  const tallied = readings.map(({ feature }) => {
    const { n, total, all } = readingColumns(feature);
    return `count(plausible_${feature}) AS ${n}, sum(plausible_${feature}) AS ${total}, count(value_${feature}) AS ${all}`;
  });
  await database.run(`
    INSERT INTO readings BY NAME
    SELECT ${sqlText(origin)} AS origin, stay_row, step, ${tallied.join(', ')}
    FROM (
      SELECT *, ${plausible.join(', ')}
      FROM (
        SELECT s.stay_row, CAST(floor(w.minute / getvariable('step_minutes')) AS INTEGER) AS step, ${values.join(', ')}
        FROM ${query} w
        JOIN stays s ON s.stay = w.stay
        WHERE w.minute >= getvariable('from_minute') AND w.minute < getvariable('window_minutes') AND w.minute <= s.minutes
      )
    )
    GROUP BY stay_row, step`);
  const counts = readings.flatMap(({ feature, conversion }) => {
    const { n, all } = readingColumns(feature);
    const key = `${feature} AS feature, ${conversion?.position ?? 'NULL'} AS conversion`;
    return [
      `SELECT ${key}, 0 AS fault, sum(${n}) AS n`,
      `SELECT ${key}, 2 AS fault, sum(${all} - ${n}) AS n`,
    ];
  });
  await database.run(
    `INSERT INTO counted SELECT * FROM (${counts.map((one) => `${one} FROM readings WHERE origin = ${sqlText(origin)}`).join(' UNION ALL ')}) WHERE n > 0`,
  );
  return true;
}
