import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { sqlFile, sqlName } from '../../cohort/table/duckdb.js';
import type { Variable } from '../../cohort/types.js';
import type { FeatureSet } from './featureSet.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { stepValues } from './stepValues.js';

/** Grid cells that are pivoted at once, of 4 bytes each; what the database has no memory for waits on disk. */
const cellsAtOnce = 240_000_000;

/** Values whose medians are sought at once: DuckDB keeps them in memory until all are known. */
const listedAtOnce = 4_000_000;

const parquet = '(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880)';

/** SELECT of the grid rows of the stays from `first` to before `end`, in order. */
function gridRows(
  { concepts, drugs }: FeatureSet,
  measured: ReadonlySet<number>,
  first: number,
  end: number,
): string {
  const within = `stay_row >= ${first} AND stay_row < ${end}`;
  const names = concepts.map(({ name }) => sqlName(name));
  const given = drugs.map(
    ({ name }, index) =>
      `CASE WHEN known THEN CAST(coalesce(get_bit(bits, ${index}), 0) AS TINYINT) END AS ${sqlName(name)}`,
  );
  const values = stepValues(concepts, measured, within).map(
    (query, index) =>
      `LEFT JOIN (${query}) m${index} ON m${index}.stay_row = g.stay_row AND m${index}.step = g.t`,
  );
  // One bit a drug: a list of 237 conditional sums would cost ten times as much.
  const exposed = `SELECT stay_row, step, bitstring_agg(feature - ${concepts.length}, 0, ${Math.max(drugs.length - 1, 1)}) AS bits
    FROM (SELECT stay_row, step, CAST(feature AS INTEGER) AS feature FROM exposed WHERE ${within}) GROUP BY stay_row, step`;
  return `
    SELECT g.patient_id, g.hospital_id, g.stay_id, g.t${[...names, ...given].map((one) => `, ${one}`).join('')}
    FROM (
      SELECT stay_row, patient AS patient_id, hospital_id, CAST(stay AS VARCHAR) AS stay_id,
        unnest(range(steps))::INTEGER AS t,
        hospital_id IN (SELECT hospital_id FROM documented_drugs) AS known
      FROM stays WHERE ${within}
    ) g
    ${values.join('\n    ')}
    ${drugs.length === 0 ? '' : `LEFT JOIN (${exposed}) e ON e.stay_row = g.stay_row AND e.step = g.t`}
    ORDER BY g.stay_row, g.t`;
}

/**
 * Writes `dynamic.parquet`: a row for every step of every stay. The pivot runs over some stays at a time, so that
 * memory does not grow with the cohort.
 *
 * @param temporary folder for the parts
 */
export async function writeGrid(
  database: IngestDatabase,
  features: FeatureSet,
  steps: number,
  folder: string,
  temporary: string,
): Promise<void> {
  const stays = await database.count('SELECT count(*) FROM stays');
  const width = features.concepts.length + features.drugs.length;
  const measured = new Set(
    (
      await database.rows(
        'SELECT DISTINCT feature FROM tallies UNION SELECT DISTINCT feature FROM listed UNION SELECT feature FROM counted',
      )
    ).map(([feature]) => Number(feature)),
  );
  const listed = await database.count('SELECT count(*) FROM listed');
  const staysAtOnce = Math.max(
    1,
    Math.min(
      Math.floor(cellsAtOnce / (width * steps)),
      Math.ceil(stays / Math.max(1, Math.ceil(listed / listedAtOnce))),
    ),
  );
  const target = sqlFile(path.join(folder, 'dynamic.parquet'));
  if (stays <= staysAtOnce) {
    await database.run(`COPY (${gridRows(features, measured, 0, stays)}) TO ${target} ${parquet}`);
    return;
  }
  const parts: string[] = [];
  await mkdir(path.join(temporary, 'parts'), { recursive: true });
  for (let first = 0; first < stays; first += staysAtOnce) {
    const part = sqlFile(path.join(temporary, 'parts', `${parts.length}.parquet`));
    await database.run(
      `COPY (${gridRows(features, measured, first, Math.min(first + staysAtOnce, stays))}) TO ${part} (FORMAT parquet)`,
    );
    parts.push(part);
  }
  await database.run(
    `COPY (SELECT * FROM read_parquet([${parts.join(', ')}], hive_partitioning = false)) TO ${target} ${parquet}`,
  );
}

/** Writes `static.parquet`: a row a stay. */
export async function writeStays(
  database: IngestDatabase,
  statics: readonly Variable[],
  labels: readonly Variable[],
  folder: string,
): Promise<void> {
  const columns = [
    ...statics.map(({ name, kind }) => {
      const cell = `s.${sqlName(name)}`;
      const typed =
        kind === 'categorical'
          ? `CAST(${cell} AS VARCHAR)`
          : `CAST(${cell} AS ${kind === 'binary' ? 'TINYINT' : 'FLOAT'})`;
      return `${typed} AS ${sqlName(name)}`;
    }),
    ...labels.map(({ name, kind }) => {
      const cell = `l.${sqlName(name)}`;
      return `CAST(${cell} AS ${kind === 'binary' ? 'TINYINT' : 'FLOAT'}) AS ${sqlName(name)}`;
    }),
  ];
  await database.run(
    `COPY (
      SELECT s.patient AS patient_id, s.hospital_id, CAST(s.stay AS VARCHAR) AS stay_id${columns.map((one) => `, ${one}`).join('')}
      FROM stays s JOIN labels l USING (stay_row)
      ORDER BY s.stay_row
    ) TO ${sqlFile(path.join(folder, 'static.parquet'))} ${parquet}`,
  );
}
