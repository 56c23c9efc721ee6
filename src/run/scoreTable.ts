import { rename, rm } from 'node:fs/promises';
import { DOUBLE, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { ScoreRow } from '../metrics/contract.js';

const COLUMNS = [
  ['suite', 'VARCHAR', (row) => row.suite],
  ['dataset', 'VARCHAR', (row) => row.dataset],
  ['trainer', 'VARCHAR', (row) => row.trainer],
  ['variant', 'VARCHAR', (row) => row.variant],
  ['seed', 'INTEGER', (row) => row.seed],
  ['site', 'VARCHAR', (row) => row.site],
  ['metric', 'VARCHAR', (row) => row.metric],
  ['metricVersion', 'INTEGER', (row) => row.metricVersion],
  ['parameters', 'VARCHAR', (row) => JSON.stringify(row.parameters)],
  ['value', 'DOUBLE', (row) => row.value],
  ['ciLow', 'DOUBLE', (row) => row.ciLow],
  ['ciHigh', 'DOUBLE', (row) => row.ciHigh],
  ['floor', 'DOUBLE', (row) => row.floor],
  ['ceiling', 'DOUBLE', (row) => row.ceiling],
  ['direction', 'VARCHAR', (row) => row.direction],
  ['n', 'INTEGER', (row) => row.n],
  ['state', 'VARCHAR', (row) => row.state],
  ['reason', 'VARCHAR', (row) => row.reason],
  ['seconds', 'DOUBLE', (row) => row.seconds],
  ['key', 'VARCHAR', (row) => row.key],
] as const satisfies readonly (readonly [
  string,
  'VARCHAR' | 'INTEGER' | 'DOUBLE',
  (row: ScoreRow) => string | number | null,
])[];

const TYPES = { VARCHAR, INTEGER, DOUBLE } as const;

/** Writes the rows of `scores.json` as one Parquet table; `parameters` is JSON text. */
export async function writeScoreTable(rows: readonly ScoreRow[], file: string): Promise<void> {
  const unfinished = `${file}.unfinished-${process.pid}`;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    await connection.run(
      `create table scores (${COLUMNS.map(([name, type]) => `"${name}" ${type}`).join(', ')})`,
    );
    const appender = await connection.createAppender('scores');
    for (const row of rows) {
      for (const [, type, read] of COLUMNS) {
        const value = read(row);
        if (value === null) appender.appendNull();
        else appender.appendValue(value, TYPES[type]);
      }
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(
      `copy scores to '${unfinished.replaceAll("'", "''")}' (format parquet, compression zstd)`,
    );
    connection.closeSync();
    await rename(unfinished, file);
  } finally {
    instance.closeSync();
    await rm(unfinished, { force: true });
  }
}
