import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { DuckDBDoubleVector, DuckDBIntegerVector, type DuckDBConnection } from '@duckdb/node-api';

import { InputError } from '../../cohort/inputError.js';
import { selectStays } from '../../cohort/select.js';
import { suppressedCount } from '../../cohort/suppression.js';
import { openDatabase, sqlFile, sqlName } from '../../cohort/table/duckdb.js';
import type { Cohort, Provenance, Variable } from '../../cohort/types.js';
import { fixedFormFault } from '../ingest/sourceFault.js';
import { newPatientIds } from '../newPatientIds.js';
import { hourlyConcepts } from './hourlyConcepts.js';

const steps = 48;

/** What makes one demo's cohort: its tables, its SQL and its columns. */
export interface HourlyDemo {
  readonly id: string;
  /** Folder of the YAIB hourly tables below the source folder. */
  readonly hourly: string;
  /** Tables of the demo: name in the SQL → CSV file below the source folder. */
  readonly tables: Readonly<Record<string, string>>;
  /** Text of the statement that creates `stays` and `attrition`. */
  readonly sql: URL;
  readonly statics: readonly Variable[];
  readonly labels: readonly Variable[];
  readonly provenance: Omit<Provenance, 'attrition' | 'outOfRange'>;
}

async function requireFiles(from: string, demo: HourlyDemo): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>([
    ['dyn', path.join(from, demo.hourly, 'dyn.parquet')],
    ['sta', path.join(from, demo.hourly, 'sta.parquet')],
    ...Object.entries(demo.tables).map(([name, file]): [string, string] => [name, path.join(from, file)]),
  ]);
  for (const [name, file] of files)
    if ((await stat(file).catch(() => null))?.isFile() !== true)
      throw new InputError({
        file,
        place: `table ${name}`,
        expected: 'a file of the demo or of the hourly tables',
        found: 'no such file',
        remedy: `Name the folder that holds ${demo.hourly} and ${path.dirname(Object.values(demo.tables)[0] ?? '')}.`,
      });
  return files;
}

async function createTables(
  connection: DuckDBConnection,
  files: ReadonlyMap<string, string>,
  demo: HourlyDemo,
  from: string,
): Promise<void> {
  const sql = await readFile(demo.sql, 'utf8');
  try {
    for (const [name, file] of files)
      await connection.run(
        file.endsWith('.parquet')
          ? `CREATE VIEW ${sqlName(name)} AS SELECT * FROM read_parquet(${sqlFile(file)}, hive_partitioning = false)`
          : `CREATE VIEW ${sqlName(name)} AS SELECT * FROM read_csv(${sqlFile(file)}, header = true, delim = ',',
               quote = '"', escape = '"', all_varchar = true, hive_partitioning = false)`,
      );
    await connection.run(sql);
  } catch (error) {
    throw fixedFormFault(error, {
      file: from,
      expected: 'the demo and its hourly tables with their original columns',
      found: 'a file that cannot be read so',
      remedy: 'Download the files again.',
    });
  }
}

/** A cell of a static or label as a number; null when it is unknown or out of range. */
function numeric(variable: Variable, cell: unknown): number | null {
  if (cell === null || cell === undefined) return null;
  if (variable.kind === 'categorical') {
    const level = (variable.levels ?? []).findIndex((one) => one === cell);
    if (level < 0) throw new Error(`${variable.name} has a level that its schema does not list`);
    return level;
  }
  const value = Number(cell);
  const [low, high] = variable.range ?? [-Infinity, Infinity];
  return value >= low && value <= high ? value : null;
}

function columns(
  variables: readonly Variable[],
  rows: readonly (readonly unknown[])[],
  first: number,
): { readonly values: Float32Array; readonly observed: Uint8Array } {
  const values = new Float32Array(rows.length * variables.length);
  const observed = new Uint8Array(values.length);
  for (const [row, cells] of rows.entries())
    for (const [index, variable] of variables.entries()) {
      const value = numeric(variable, cells[first + index]);
      if (value === null) continue;
      values[row * variables.length + index] = value;
      observed[row * variables.length + index] = 1;
    }
  return { values, observed };
}

async function readGrid(
  connection: DuckDBConnection,
  size: number,
): Promise<{ values: Float32Array; observed: Uint8Array; outOfRange: Float64Array }> {
  const width = hourlyConcepts.length;
  const values = new Float32Array(size * steps * width);
  const observed = new Uint8Array(values.length);
  const outOfRange = new Float64Array(width);
  const cells = hourlyConcepts.map(({ name }) => `CAST(d.${sqlName(name)} AS DOUBLE)`).join(', ');
  const result = await connection.stream(
    `SELECT s.stay, CAST(d.time // 3600 AS INTEGER), ${cells}
     FROM dyn d JOIN stays s ON s.source_stay = d.stay_id WHERE d.time >= 0 AND d.time < ${steps * 3600}`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const [stay, t] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    if (!(stay instanceof DuckDBIntegerVector && t instanceof DuckDBIntegerVector))
      throw new Error('stay and t must be INTEGER');
    for (const [feature, { range }] of hourlyConcepts.entries()) {
      const column = chunk.getColumnVector(feature + 2);
      if (!(column instanceof DuckDBDoubleVector)) throw new Error('concepts must be DOUBLE');
      const [low, high] = range ?? [-Infinity, Infinity];
      for (let row = 0; row < chunk.rowCount; row++) {
        const value = column.getItem(row);
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

/** The cohort without features that nobody ever has. */
function withoutUnobserved(cohort: Cohort): Cohort {
  const { features } = cohort.schema;
  const width = features.length;
  const seen = features.map(() => false);
  for (let at = 0; at < cohort.observed.length; at++) if (cohort.observed[at] === 1) seen[at % width] = true;
  const kept = [...features.keys()].filter((feature) => seen[feature]);
  if (kept.length === width) return cohort;
  const cells = cohort.observed.length / width;
  const values = new Float32Array(cells * kept.length);
  const observed = new Uint8Array(values.length);
  for (let cell = 0; cell < cells; cell++)
    for (const [to, feature] of kept.entries()) {
      values[cell * kept.length + to] = cohort.values[cell * width + feature]!;
      observed[cell * kept.length + to] = cohort.observed[cell * width + feature]!;
    }
  return {
    ...cohort,
    schema: { ...cohort.schema, features: kept.map((feature) => features[feature]!) },
    values,
    observed,
  };
}

/**
 * Builds a demo's cohort from its original tables and the hourly tables that YAIB made of it: at most 48 steps of one hour
 * from ICU admission, shorter for shorter stays. Patients are numbered anew; all stays of a person keep one id.
 *
 * @throws InputError when files are missing or unreadable
 */
export async function hourlyDemoCohort(from: string, demo: HourlyDemo): Promise<Cohort> {
  const files = await requireFiles(from, demo);
  const database = await openDatabase({ files: [...files.values()] });
  const { connection } = database;
  try {
    await createTables(connection, files, demo, from);
    const names = [...demo.statics, ...demo.labels].map(({ name }) => sqlName(name));
    const reader = await connection.runAndReadAll(
      `SELECT person, hospital, hours, ${names.join(', ')} FROM stays ORDER BY stay`,
    );
    const rows = reader.getRows();
    const hospitals = [...new Set(rows.map(([, hospital]) => String(hospital)))].sort();
    const statics = columns(demo.statics, rows, 3);
    const labels = columns(demo.labels, rows, 3 + demo.statics.length);
    const patients = newPatientIds(
      rows.map(([person]) => String(person)),
      'P',
      demo.id,
    );
    const { outOfRange, ...grid } = await readGrid(connection, rows.length);
    const attrition = await connection.runAndReadAll(
      'SELECT step, remaining FROM attrition ORDER BY position',
    );
    const cohort: Cohort = {
      schema: {
        name: demo.id,
        stepHours: 1,
        steps,
        features: hourlyConcepts,
        statics: demo.statics,
        labels: demo.labels,
        provenance: {
          ...demo.provenance,
          attrition: attrition
            .getRows()
            .map(([step, remaining]) => ({ step: String(step), remaining: Number(remaining) })),
          outOfRange: Object.fromEntries(
            hourlyConcepts.flatMap(({ name }, feature) => {
              const count = outOfRange[feature]!;
              return count === 0 ? [] : [[name, suppressedCount(count)] as const];
            }),
          ),
        },
      },
      size: rows.length,
      ...grid,
      length: Uint16Array.from(rows, ([, , hours]) => Number(hours)),
      hospital: Uint16Array.from(rows, ([, hospital]) => hospitals.indexOf(String(hospital))),
      hospitals,
      patients,
      statics: statics.values,
      staticsObserved: statics.observed,
      labels: labels.values,
      labelsObserved: labels.observed,
    };
    const order = [...patients.keys()].sort((a, b) =>
      patients[a] === patients[b] ? a - b : patients[a]! < patients[b]! ? -1 : 1,
    );
    return withoutUnobserved(selectStays(cohort, order));
  } finally {
    database.close();
  }
}
