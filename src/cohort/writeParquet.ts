import path from 'node:path';

import {
  DOUBLE,
  DuckDBDataChunk,
  DuckDBVector,
  FLOAT,
  INTEGER,
  VARCHAR,
  type DuckDBAppender,
} from '@duckdb/node-api';

import { openDatabase, sqlFile, sqlName, sqlText } from './table/duckdb.js';
import type { Cohort, Variable } from './types.js';

/** A column to write; `cell(row)` gives its value, NaN for null; an empty text is null in a column of type `words`. */
export type Column =
  | { readonly name: string; readonly type: 'text' | 'words'; cell(row: number): string }
  | { readonly name: string; readonly type: 'integer' | 'double'; cell(row: number): number }
  | { readonly name: string; readonly type: Variable; cell(row: number): number };

const types = { text: VARCHAR, words: VARCHAR, integer: INTEGER, double: DOUBLE } as const;

function stored({ name, type }: Column): string {
  const cell = sqlName(name);
  if (type === 'text' || type === 'integer') return cell;
  if (type === 'words') return `nullif(${cell}, '') AS ${cell}`;
  // Nulls travel as NaN, which a cohort never holds: setting single cells null is slow in the binding.
  const filled = (value: string): string => `CASE WHEN isnan(${cell}) THEN NULL ELSE ${value} END AS ${cell}`;
  if (type === 'double') return filled(cell);
  if (type.kind === 'binary') return filled(`CAST(${cell} AS TINYINT)`);
  if (type.kind === 'continuous') return filled(cell);
  const levels = (type.levels ?? []).map(sqlText).join(', ');
  return filled(`list_extract([${levels}]::VARCHAR[], CAST(${cell} AS INTEGER) + 1)`);
}

function append(appender: DuckDBAppender, columns: readonly Column[], rows: number): void {
  const duckdbTypes = columns.map(({ type }) => (typeof type === 'string' ? types[type] : FLOAT));
  const capacity = DuckDBVector.standardSize();
  for (let first = 0; first < rows; first += capacity) {
    const filled = Math.min(capacity, rows - first);
    const chunk = DuckDBDataChunk.create(duckdbTypes, filled);
    for (const [index, column] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      for (let row = 0; row < filled; row++) vector.setItem(row, column.cell(first + row));
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
}

const storage = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 262144';

/** Writes the rows of several Parquet files of equal columns into one, file after file, a row group in memory at a time. */
export async function concatenateParquet(pieces: readonly string[], file: string): Promise<void> {
  const folders = [...pieces, file].map((one) => path.dirname(one));
  const database = await openDatabase({ folders });
  try {
    await database.connection.run(
      `COPY (SELECT * FROM read_parquet([${pieces.map(sqlFile).join(', ')}], hive_partitioning = false)) TO ${sqlFile(file)} (${storage})`,
    );
  } finally {
    database.close();
  }
}

/** Writes one table. */
export async function writeTable(file: string, columns: readonly Column[], rows: number): Promise<void> {
  const database = await openDatabase({ folders: [path.dirname(file)] });
  try {
    const { connection } = database;
    const declared = columns.map(({ name, type }) => {
      const sqlType = typeof type === 'string' ? types[type] : FLOAT;
      return `${sqlName(name)} ${sqlType.toString()}`;
    });
    await connection.run(`CREATE TABLE cells (${declared.join(', ')})`);
    const appender = await connection.createAppender('cells');
    append(appender, columns, rows);
    appender.closeSync();
    await connection.run(
      `COPY (SELECT ${columns.map(stored).join(', ')} FROM cells) TO ${sqlFile(file)} (${storage})`,
    );
  } finally {
    database.close();
  }
}

function variableColumn(
  variable: Variable,
  values: Float32Array,
  observed: Uint8Array,
  position: (row: number) => number,
): Column {
  return {
    name: variable.name,
    type: variable,
    cell: (row) => {
      const at = position(row);
      return observed[at] === 1 ? values[at]! : Number.NaN;
    },
  };
}

/** The column `stay_id`, numbers from 1 in cohort order, where a patient has several stays; else none is needed. */
export function stayColumn(cohort: Cohort, stay: (row: number) => number): Column[] {
  if (new Set(cohort.patients).size === cohort.size) return [];
  return [{ name: 'stay_id', type: 'text', cell: (row) => String(stay(row) + 1) }];
}

/** Writes `static.parquet`: one row a stay, in cohort order. */
export async function writeStatics(cohort: Cohort, file: string): Promise<void> {
  const { statics, labels } = cohort.schema;
  await writeTable(
    file,
    [
      { name: 'patient_id', type: 'text', cell: (row) => cohort.patients[row]! },
      { name: 'hospital_id', type: 'text', cell: (row) => cohort.hospitals[cohort.hospital[row]!]! },
      ...stayColumn(cohort, (row) => row),
      ...statics.map((variable, index) =>
        variableColumn(
          variable,
          cohort.statics,
          cohort.staticsObserved,
          (row) => row * statics.length + index,
        ),
      ),
      ...labels.map((variable, index) =>
        variableColumn(variable, cohort.labels, cohort.labelsObserved, (row) => row * labels.length + index),
      ),
    ],
    cohort.size,
  );
}

/** Grid cells (stay · T + step) that get a row: those with an observed value, and each stay's last step, which gives its length. */
function writtenCells(cohort: Cohort): Float64Array {
  const { steps, features } = cohort.schema;
  const cells: number[] = [];
  for (let stay = 0; stay < cohort.size; stay++) {
    const length = cohort.length[stay]!;
    for (let t = 0; t < length; t++) {
      const cell = stay * steps + t;
      const start = cell * features.length;
      if (t === length - 1 || cohort.observed.subarray(start, start + features.length).includes(1))
        cells.push(cell);
    }
  }
  return Float64Array.from(cells);
}

/** Writes `dynamic.parquet`: rows by stay in cohort order, then by step. */
export async function writeDynamics(cohort: Cohort, file: string): Promise<void> {
  const { steps, features } = cohort.schema;
  const cells = writtenCells(cohort);
  const stay = (row: number): number => Math.floor(cells[row]! / steps);
  await writeTable(
    file,
    [
      { name: 'patient_id', type: 'text', cell: (row) => cohort.patients[stay(row)]! },
      { name: 'hospital_id', type: 'text', cell: (row) => cohort.hospitals[cohort.hospital[stay(row)]!]! },
      ...stayColumn(cohort, stay),
      { name: 't', type: 'integer', cell: (row) => cells[row]! % steps },
      ...features.map((variable, index) =>
        variableColumn(
          variable,
          cohort.values,
          cohort.observed,
          (row) => cells[row]! * features.length + index,
        ),
      ),
    ],
    cells.length,
  );
}
