import { DuckDBDoubleVector, type DuckDBDataChunk, type DuckDBResult } from '@duckdb/node-api';

import { InputError } from '../inputError.js';
import { openDatabase, sqlFile, sqlName, sqlText, type Database } from './duckdb.js';
import type { ColumnContent, Table, TableChunk, TableColumn, WantedColumn } from './table.js';

const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;

function contentOf(type: string): ColumnContent {
  if (type === 'VARCHAR' || type.startsWith('ENUM')) return 'text';
  if (integers.test(type)) return 'integer';
  if (type === 'FLOAT' || type === 'DOUBLE' || type.startsWith('DECIMAL')) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === '"NULL"' || type === 'NULL') return 'nothing';
  return 'other';
}

/** SQL that gives a wanted column as text, or as a number with the marks of `cellMark`. */
function selection(wanted: WantedColumn, column: TableColumn): string {
  const cell = sqlName(column.name);
  if (wanted.as === 'text') return `CAST(${cell} AS VARCHAR)`;
  const empty = `WHEN ${cell} IS NULL THEN 'nan'::DOUBLE`;
  if (wanted.as === 'categorical') {
    const levels = `[${wanted.levels.map(sqlText).join(', ')}]::VARCHAR[]`;
    return `CASE ${empty} ELSE coalesce(list_position(${levels}, CAST(${cell} AS VARCHAR)), 0) - 1.0 END::DOUBLE`;
  }
  // pandas writes booleans into CSV as True and False.
  const truth = `CASE lower(${cell}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END`;
  const written = `TRY_CAST(${cell} AS DOUBLE)`;
  const ofText = wanted.as === 'binary' ? `coalesce(${written}, ${truth})` : written;
  const number = column.content === 'text-of-anything' ? ofText : `CAST(${cell} AS DOUBLE)`;
  return `CASE ${empty} WHEN ${number} IS NULL THEN '-inf'::DOUBLE
    WHEN NOT isfinite(${number}) THEN 'inf'::DOUBLE ELSE ${number} END`;
}

function textsOf(chunk: DuckDBDataChunk, column: number): (string | null)[] {
  const vector = chunk.getColumnVector(column);
  const texts: (string | null)[] = [];
  const rows = chunk.rowCount; // asks the native library each time
  for (let row = 0; row < rows; row++) {
    const cell = vector.getItem(row);
    texts.push(typeof cell === 'string' ? cell : null);
  }
  return texts;
}

function fillNumbers(chunk: DuckDBDataChunk, column: number, target: Float64Array): void {
  const vector = chunk.getColumnVector(column);
  if (!(vector instanceof DuckDBDoubleVector)) throw new Error(`column ${column} was not given as DOUBLE`);
  const rows = chunk.rowCount;
  for (let row = 0; row < rows; row++) target[row] = vector.getItem(row) ?? Number.NaN;
}

/**
 * A table that DuckDB reads.
 *
 * @param source the SQL table function over the file
 * @param damaged turns DuckDB's complaint into an error for the user; DuckDB's own text may quote rows and is not shown
 */
class DuckdbTable implements Table {
  constructor(
    readonly file: string,
    readonly columns: readonly TableColumn[],
    private readonly source: string,
    private readonly database: Database,
    private readonly damaged: (error: unknown) => InputError,
  ) {}

  async *read(wanted: readonly WantedColumn[]): AsyncGenerator<TableChunk, void, undefined> {
    const selected = wanted.map((one) => {
      const column = this.columns.find(({ name }) => name === one.name);
      if (column === undefined) throw new Error(`no column ${one.name}`);
      return selection(one, column);
    });
    const capacity = 2048;
    const numbers = wanted.map(({ as }) => (as === 'text' ? null : new Float64Array(capacity)));
    let result: DuckDBResult;
    try {
      result = await this.database.connection.stream(`SELECT ${selected.join(', ')} FROM ${this.source}`);
    } catch (error) {
      throw this.damaged(error);
    }
    for (;;) {
      let chunk: DuckDBDataChunk | null;
      try {
        chunk = await result.fetchChunk();
      } catch (error) {
        throw this.damaged(error);
      }
      if (chunk === null || chunk.rowCount === 0) return;
      const texts: ((string | null)[] | null)[] = [];
      try {
        for (const [column, target] of numbers.entries()) {
          texts.push(target === null ? textsOf(chunk, column) : null);
          if (target !== null) fillNumbers(chunk, column, target);
        }
      } catch (error) {
        // Text that is longer than a string can be.
        throw this.damaged(error);
      }
      yield { rows: chunk.rowCount, texts, numbers };
    }
  }

  close(): void {
    this.database.close();
  }
}

async function describe(database: Database, source: string): Promise<{ name: string; type: string }[]> {
  const described = await database.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Opens a Parquet file. @throws InputError when it is truncated or no Parquet */
export async function openParquet(file: string): Promise<Table> {
  const damaged = (): InputError =>
    new InputError({
      file,
      expected: 'a readable Parquet file',
      found: 'a truncated or damaged one',
      remedy: 'Copy or write the file again.',
    });
  const database = await openDatabase({ files: [file] });
  const source = `read_parquet(${sqlFile(file)}, hive_partitioning = false)`;
  try {
    const columns = (await describe(database, source)).map(({ name, type }) => ({
      name,
      content: contentOf(type),
      declared: type,
    }));
    return new DuckdbTable(file, columns, source, database, damaged);
  } catch {
    database.close();
    throw damaged();
  }
}

/**
 * Opens a CSV file, plain or gzipped: comma-separated, double quotes, one header line, empty cell = null.
 *
 * @param header column names of the header line
 */
export async function openCsv(file: string, header: readonly string[], gzipped: boolean): Promise<Table> {
  const damaged = (error: unknown): InputError => {
    const line = /\bLine: (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return new InputError({
      file,
      ...(line === undefined ? {} : { place: `line ${line}` }),
      expected: `comma-separated text in UTF-8 with ${header.length} cells a line`,
      found: 'something else',
      remedy:
        'Write the file again as CSV: comma, double quotes around text with commas, empty cell = missing.',
    });
  };
  const database = await openDatabase({ files: [file] });
  const types = header.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ');
  const source = `read_csv(${sqlFile(file)}, auto_detect = false, delim = ',', quote = '"', escape = '"', header = true,
    columns = {${types}}, compression = ${gzipped ? "'gzip'" : "'none'"}, hive_partitioning = false, nullstr = '')`;
  const columns = header.map((name) => ({ name, content: 'text-of-anything' as const, declared: 'text' }));
  return new DuckdbTable(file, columns, source, database, damaged);
}
