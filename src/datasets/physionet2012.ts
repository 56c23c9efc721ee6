import { readFile } from 'node:fs/promises';

import { DuckDBDoubleVector, DuckDBIntegerVector, type DuckDBConnection } from '@duckdb/node-api';

import { InputError } from '../cohort/inputError.js';
import { selectStays } from '../cohort/select.js';
import { suppressedCount } from '../cohort/suppression.js';
import { openDatabase, sqlText } from '../cohort/table/duckdb.js';
import type { Cohort } from '../cohort/types.js';
import { fixedFormFault } from './ingest/sourceFault.js';
import { newPatientIds } from './newPatientIds.js';
import { physionet2012Citation, physionet2012Licence, physionet2012Page } from './physionet2012Notice.js';
import {
  physionet2012Labels,
  physionet2012Parameters,
  physionet2012Statics,
  physionet2012Units,
} from './physionet2012Schema.js';
import { chartedOf, outcomesOf, physionet2012Files } from './physionet2012Source.js';

const steps = 48;

async function loadSources(
  connection: DuckDBConnection,
  from: string,
  sets: Awaited<ReturnType<typeof physionet2012Files>>,
): Promise<void> {
  try {
    await connection.run(`CREATE TABLE charted AS ${sets.map(chartedOf).join(' UNION ALL ')}`);
    await connection.run(`CREATE TABLE outcomes AS ${sets.map(outcomesOf).join(' UNION ALL ')}`);
  } catch (error) {
    throw fixedFormFault(error, {
      file: from,
      expected: "the challenge's files with their original columns",
      found: 'a file that cannot be read so',
      remedy: `Download the files again from ${physionet2012Page}.`,
    });
  }
  const rows = physionet2012Parameters.map(({ variable: { name, range }, aggregate }, feature) => {
    const [low, high] = range ?? [1, 1];
    return `(${feature}, ${sqlText(name)}, ${low}, ${high}, ${sqlText(aggregate)})`;
  });
  await connection.run(
    `CREATE TABLE parameters AS SELECT * FROM (VALUES ${rows.join(', ')}) AS p(feature, name, low, high, aggregate)`,
  );
}

type Stays = Pick<
  Cohort,
  'size' | 'hospital' | 'statics' | 'staticsObserved' | 'labels' | 'labelsObserved'
> & {
  readonly records: readonly number[];
};

async function readStays(connection: DuckDBConnection, from: string): Promise<Stays> {
  const reader = await connection.runAndReadAll(
    'SELECT RecordID, icu_type, died, age, sex, height, weight FROM stays ORDER BY stay',
  );
  const rows = reader.getRows();
  const fail = (found: string): never => {
    throw new InputError({
      file: from,
      expected: 'records with measured values and an ICU type of 1 to 4',
      found,
      remedy: `Download the files again from ${physionet2012Page}.`,
    });
  };
  if (rows.length === 0) fail('none');
  const width = physionet2012Statics.length;
  const statics = new Float32Array(rows.length * width);
  const staticsObserved = new Uint8Array(rows.length * width);
  const labels = new Float32Array(rows.length);
  const labelsObserved = new Uint8Array(rows.length);
  for (const [row, [, , died, ...described]] of rows.entries()) {
    for (const [index, { range }] of physionet2012Statics.entries()) {
      const value = described[index];
      if (typeof value !== 'number' || (range !== undefined && !(value >= range[0] && value <= range[1])))
        continue;
      statics[row * width + index] = value;
      staticsObserved[row * width + index] = 1;
    }
    if (typeof died !== 'number') continue;
    labels[row] = died;
    labelsObserved[row] = 1;
  }
  const hospital = Uint16Array.from(rows, ([, type]) => {
    if (typeof type !== 'number' || physionet2012Units[type - 1] === undefined) fail('another one');
    return Number(type) - 1;
  });
  return {
    size: rows.length,
    records: rows.map(([id]) => Number(id)),
    hospital,
    statics,
    staticsObserved,
    labels,
    labelsObserved,
  };
}

/** Puts the hourly values on the grid; an hourly sum outside its range is left out and counted in `outOfRange`. */
async function readHours(
  connection: DuckDBConnection,
  size: number,
  outOfRange: Float64Array,
): Promise<{ values: Float32Array; observed: Uint8Array }> {
  const width = physionet2012Parameters.length;
  const values = new Float32Array(size * steps * width);
  const observed = new Uint8Array(values.length);
  for (const [feature, { aggregate }] of physionet2012Parameters.entries())
    if (aggregate === 'given') for (let at = feature; at < observed.length; at += width) observed[at] = 1;
  const result = await connection.stream('SELECT stay, t, feature, value FROM hourly');
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const [stay, t, feature, value] = [0, 1, 2, 3].map((column) => chunk.getColumnVector(column));
    if (
      !(stay instanceof DuckDBIntegerVector && t instanceof DuckDBIntegerVector) ||
      !(feature instanceof DuckDBIntegerVector && value instanceof DuckDBDoubleVector)
    )
      throw new Error('hourly must be (INTEGER, INTEGER, INTEGER, DOUBLE)');
    for (let row = 0; row < chunk.rowCount; row++) {
      const column = feature.getItem(row)!;
      const number = value.getItem(row)!;
      const range = physionet2012Parameters[column]!.variable.range;
      if (range !== undefined && !(number >= range[0] && number <= range[1])) {
        outOfRange[column]! += 1;
        continue;
      }
      const at = (stay.getItem(row)! * steps + t.getItem(row)!) * width + column;
      values[at] = number;
      observed[at] = 1;
    }
  }
  return { values, observed };
}

/**
 * Builds the cohort from the challenge's files: sets a and b (or one of them), as `set-a.parquet` or as the original
 * folder of .txt records, each with its outcomes.
 *
 * Grid: 48 steps of one hour from ICU admission; entries at 48:00 lie outside. Hospital = ICU type (one real hospital,
 * four units). Label `mortality` = In-hospital_death. The length of the ICU stay is not published, so no label is made
 * of it.
 *
 * @throws InputError when files are missing or unreadable
 */
export async function physionet2012Cohort(from: string): Promise<Cohort> {
  const sets = await physionet2012Files(from);
  const database = await openDatabase({
    files: sets.flatMap(({ records, outcomes }) => [...records, outcomes]),
  });
  const { connection } = database;
  try {
    await loadSources(connection, from, sets);
    await connection.run(await readFile(new URL('./physionet2012.sql', import.meta.url), 'utf8'));
    const { records, ...stays } = await readStays(connection, from);
    const outOfRange = new Float64Array(physionet2012Parameters.length);
    const leftOut = await connection.runAndReadAll('SELECT name, entries FROM left_out');
    for (const [name, entries] of leftOut.getRows())
      outOfRange[physionet2012Parameters.findIndex(({ variable }) => variable.name === name)] =
        Number(entries);
    const grid = await readHours(connection, stays.size, outOfRange);
    const present = physionet2012Units
      .map((id, unit) => ({ id, unit }))
      .filter(({ unit }) => stays.hospital.includes(unit));
    const position = new Map(present.map(({ unit }, index) => [unit, index]));
    const patients = newPatientIds(records, 'R', 'physionet2012');
    const cohort: Cohort = {
      schema: {
        name: 'physionet2012',
        stepHours: 1,
        steps,
        features: physionet2012Parameters.map(({ variable }) => variable),
        statics: physionet2012Statics,
        labels: physionet2012Labels,
        provenance: {
          source: `PhysioNet/CinC Challenge 2012, sets a and b, v1.0.0, ${physionet2012Page}`,
          licence: physionet2012Licence,
          createdBy: 'fedehr-bench, adapter physionet2012, version 1',
          citation: physionet2012Citation,
          attrition: [
            {
              // Fewer than 11 records have none, so records and included records are not counted apart.
              step: 'records with a plausible measured value in the 48 hours (a few hold descriptors only)',
              remaining: stays.size,
              hospitals: Object.fromEntries(
                present.map(({ id, unit }) => [id, stays.hospital.filter((one) => one === unit).length]),
              ),
            },
          ],
          outOfRange: Object.fromEntries(
            physionet2012Parameters.flatMap(({ variable: { name } }, feature) =>
              outOfRange[feature] === 0 ? [] : [[name, suppressedCount(outOfRange[feature]!)] as const],
            ),
          ),
        },
      },
      ...stays,
      ...grid,
      hospital: stays.hospital.map((unit) => position.get(unit)!),
      length: new Uint16Array(stays.size).fill(steps),
      hospitals: present.map(({ id }) => id),
      patients,
    };
    return selectStays(
      cohort,
      [...patients.keys()].sort((a, b) => (patients[a]! < patients[b]! ? -1 : 1)),
    );
  } finally {
    database.close();
  }
}
