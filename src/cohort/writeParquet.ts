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
import type { Cohort } from './types.js';
import { dynamicColumns, staticColumns, type Column } from './writtenColumns.js';

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

/** Writes `static.parquet`: one row a stay, in cohort order. */
export async function writeStatics(cohort: Cohort, file: string): Promise<void> {
  const { columns, rows } = staticColumns(cohort);
  await writeTable(file, columns, rows);
}

/** Writes `dynamic.parquet`: rows by stay in cohort order, then by step. */
export async function writeDynamics(cohort: Cohort, file: string): Promise<void> {
  const { columns, rows } = dynamicColumns(cohort);
  await writeTable(file, columns, rows);
}
