import { readFile } from 'node:fs/promises';

import { DuckDBDoubleVector, DuckDBIntegerVector, type DuckDBConnection } from '@duckdb/node-api';

import { selectStays } from '../cohort/select.js';
import { suppressedCount } from '../cohort/suppression.js';
import { openDatabase } from '../cohort/table/duckdb.js';
import type { Cohort, CohortSchema, Provenance } from '../cohort/types.js';
import { random } from '../engine/random.js';
import { fixedFormFault } from './ingest/sourceFault.js';
import { physionet2019Citation, physionet2019Licence, physionet2019Page } from './physionet2019Notice.js';
import { physionet2019Features, physionet2019Labels, physionet2019Statics } from './physionet2019Schema.js';
import { hoursOf, physionet2019Files } from './physionet2019Source.js';

/** Hours observed from ICU admission; also the landmark from which sepsis is predicted. */
const steps = 24;
const hospitals = ['A', 'B'] as const;

async function integers(connection: DuckDBConnection, sql: string): Promise<number[][]> {
  return (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(Number));
}

async function attritionOf(connection: DuckDBConnection): Promise<NonNullable<Provenance['attrition']>> {
  const counts = await integers(
    connection,
    'SELECT provided, still_in_icu, included FROM attrition ORDER BY hospital',
  );
  const titles = [
    'patients in the files',
    'still in the ICU after hour 24 (an hour with ICULOS > 24)',
    // One step, since fewer than 11 patients fall to the second condition alone.
    'not labelled septic in hours 1 to 24 and at least one charted hour among them',
  ];
  return titles.map((step, index) => {
    const perHospital = hospitals.map((_, hospital) => counts[hospital]?.[index] ?? 0);
    return {
      step,
      remaining: perHospital.reduce((sum, count) => sum + count, 0),
      hospitals: Object.fromEntries(hospitals.map((id, hospital) => [id, perHospital[hospital]!])),
    };
  });
}

/** New patient ids, numbered within the hospital in a random order that depends on nothing but the number of patients. */
function newIds(hospitalOf: Uint16Array): string[] {
  const ids = new Array<string>(hospitalOf.length);
  for (const [hospital, id] of hospitals.entries()) {
    const rows = [...hospitalOf.keys()].filter((row) => hospitalOf[row] === hospital);
    const order = random(2019, 'physionet2019-ids', id).permutation(rows.length);
    for (const [at, row] of rows.entries()) ids[row] = `${id}${String(order[at]! + 1).padStart(6, '0')}`;
  }
  return ids;
}

async function readStays(
  connection: DuckDBConnection,
): Promise<Pick<Cohort, 'size' | 'hospital' | 'statics' | 'staticsObserved' | 'labels' | 'labelsObserved'>> {
  const reader = await connection.runAndReadAll(
    'SELECT hospital, age, sex, unit, sepsis FROM stays ORDER BY stay',
  );
  const rows = reader.getRows();
  const statics = new Float32Array(rows.length * 3);
  const staticsObserved = new Uint8Array(rows.length * 3);
  const labels = new Float32Array(rows.length);
  for (const [row, cells] of rows.entries()) {
    for (let index = 0; index < 3; index++) {
      const cell = cells[index + 1];
      if (typeof cell !== 'number') continue;
      statics[row * 3 + index] = cell;
      staticsObserved[row * 3 + index] = 1;
    }
    labels[row] = Number(cells[4]);
  }
  return {
    size: rows.length,
    hospital: Uint16Array.from(rows, ([hospital]) => (hospital === 'A' ? 0 : 1)),
    statics,
    staticsObserved,
    labels,
    labelsObserved: new Uint8Array(rows.length).fill(1),
  };
}

/** Puts the first day on the grid and counts, per feature, the values outside the plausible range that it leaves out. */
async function readFirstDay(
  connection: DuckDBConnection,
  size: number,
): Promise<{ values: Float32Array; observed: Uint8Array; outOfRange: Float64Array }> {
  const width = physionet2019Features.length;
  const values = new Float32Array(size * steps * width);
  const observed = new Uint8Array(values.length);
  const outOfRange = new Float64Array(width);
  const columns = physionet2019Features.map(({ name }) => `CAST("${name}" AS DOUBLE)`).join(', ');
  const result = await connection.stream(`SELECT stay, t, ${columns} FROM first_day`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const rows = chunk.rowCount;
    const stay = chunk.getColumnVector(0);
    const t = chunk.getColumnVector(1);
    if (!(stay instanceof DuckDBIntegerVector && t instanceof DuckDBIntegerVector))
      throw new Error('stay and t must be INTEGER');
    for (let feature = 0; feature < width; feature++) {
      const cells = chunk.getColumnVector(feature + 2);
      if (!(cells instanceof DuckDBDoubleVector)) throw new Error('features must be DOUBLE');
      const [low, high] = physionet2019Features[feature]!.range ?? [-Infinity, Infinity];
      for (let row = 0; row < rows; row++) {
        const value = cells.getItem(row);
        if (value === null) continue;
        if (!(value >= low && value <= high)) {
          outOfRange[feature]! += 1;
          continue;
        }
        const at = (stay.getItem(row)! * steps + t.getItem(row)!) * width + feature;
        values[at] = value;
        observed[at] = 1;
      }
    }
  }
  return { values, observed, outOfRange };
}

/**
 * Builds the cohort from the challenge's files: `setA.parquet` and `setB.parquet`, or the original folders
 * `training_setA` and `training_setB` of .psv files.
 *
 * Landmark at 24 h after ICU admission. Grid: step t = ICULOS − 1 for ICULOS 1…24, of 1 h each; hours before the first charted one are unobserved.
 * Patients: still in the ICU after hour 24, not labelled septic up to hour 24, at least one charted hour by then.
 * Label `sepsis` = 1 iff SepsisLabel = 1 at some later hour (SepsisLabel is itself shifted 6 h ahead of onset).
 *
 * @throws InputError when files are missing or unreadable
 */
export async function physionet2019Cohort(from: string): Promise<Cohort> {
  const sources = await physionet2019Files(from);
  const database = await openDatabase({ files: sources.flatMap(({ files }) => files) });
  const { connection } = database;
  try {
    const sql = await readFile(new URL('./physionet2019.sql', import.meta.url), 'utf8');
    try {
      await connection.run(`CREATE TABLE hours AS ${sources.map(hoursOf).join(' UNION ALL ')}`);
    } catch (error) {
      throw fixedFormFault(error, {
        file: from,
        expected: "the challenge's files with their original columns",
        found: 'a file that cannot be read so',
        remedy: `Download the files again from ${physionet2019Page}.`,
      });
    }
    await connection.run(sql);
    const stays = await readStays(connection);
    const { outOfRange, ...grid } = await readFirstDay(connection, stays.size);
    const schema: CohortSchema = {
      name: 'physionet2019',
      stepHours: 1,
      steps,
      features: physionet2019Features,
      statics: physionet2019Statics,
      labels: physionet2019Labels,
      provenance: {
        source: `PhysioNet/CinC Challenge 2019, training sets A and B, v1.0.0, ${physionet2019Page}`,
        licence: physionet2019Licence,
        createdBy: 'fedehr-bench, adapter physionet2019, version 1',
        citation: physionet2019Citation,
        attrition: await attritionOf(connection),
        outOfRange: Object.fromEntries(
          physionet2019Features.flatMap(({ name }, feature) => {
            const count = outOfRange[feature]!;
            return count === 0 ? [] : [[name, suppressedCount(count)] as const];
          }),
        ),
      },
    };
    const patients = newIds(stays.hospital);
    const cohort: Cohort = {
      schema,
      ...stays,
      ...grid,
      length: new Uint16Array(stays.size).fill(steps),
      hospitals,
      patients,
    };
    const byId = [...patients.keys()].sort((a, b) => (patients[a]! < patients[b]! ? -1 : 1));
    return selectStays(cohort, byId);
  } finally {
    database.close();
  }
}
