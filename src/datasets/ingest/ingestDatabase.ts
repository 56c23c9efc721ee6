import path from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import { sqlName, sqlText } from '../../cohort/table/duckdb.js';
import { sourceFault } from './sourceFault.js';

/** A value of one cell of a small result. */
export type Cell = string | number | null;

/** DuckDB as the ingest uses it: everything stays in there; only counts and names come out. */
export class IngestDatabase {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    readonly threads: number,
    private readonly isFirst: boolean,
  ) {}

  /**
   * A database in memory that spills to `temporary`, reads only `from`, writes only below `temporary`, loads no
   * extension and reaches no network.
   */
  static async open(settings: {
    readonly from: readonly string[];
    readonly temporary: string;
    readonly memory: string;
    readonly temporaryDisk?: string;
    readonly threads: number;
  }): Promise<IngestDatabase> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(settings.threads),
      memory_limit: settings.memory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      allow_persistent_secrets: 'false',
      preserve_insertion_order: 'true',
    });
    const connection = await instance.connect();
    const folders = [...settings.from, settings.temporary].map((one) => sqlText(`${path.resolve(one)}/`));
    await connection.run(
      `SET temp_directory = ${sqlText(path.join(path.resolve(settings.temporary), 'spill'))}`,
    );
    if (settings.temporaryDisk !== undefined)
      await connection.run(`SET max_temp_directory_size = ${sqlText(settings.temporaryDisk)}`);
    await connection.run("SET GLOBAL TimeZone = 'UTC'").catch(() => undefined);
    await connection.run(`SET allowed_directories = [${folders.join(', ')}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return new IngestDatabase(instance, connection, settings.threads, true);
  }

  /**
   * Another connection to the same tables, with the variables that this one has now, whose statements run while this
   * one's do. It shares memory and threads with it, and is to be closed before it.
   */
  async beside(): Promise<IngestDatabase> {
    const connection = await this.instance.connect();
    const other = new IngestDatabase(this.instance, connection, this.threads, false);
    for (const [name, value, type] of await this.rows('SELECT name, value, type FROM duckdb_variables()'))
      await other.run(
        `SET VARIABLE ${sqlName(String(name))} = CAST(${sqlText(String(value))} AS ${String(type)})`,
      );
    return other;
  }

  /** Runs statements. @throws InputError when DuckDB's complaint is about the source, the disk or the memory */
  async run(sql: string): Promise<void> {
    try {
      await this.connection.run(sql);
    } catch (error) {
      throw sourceFault(error);
    }
  }

  /** Rows of a small result: numbers (also of 64 bits, below 2^53), texts and nulls. */
  async rows(sql: string): Promise<Cell[][]> {
    try {
      const reader = await this.connection.runAndReadAll(sql);
      return reader.getRows().map((row) =>
        row.map((cell) => {
          if (cell === null || typeof cell === 'string' || typeof cell === 'number') return cell;
          if (typeof cell === 'bigint') return Number(cell);
          if (typeof cell === 'boolean') return cell ? 1 : 0;
          return String(cell);
        }),
      );
    } catch (error) {
      throw sourceFault(error);
    }
  }

  /** The first cell of the first row as a number. */
  async count(sql: string): Promise<number> {
    return Number((await this.rows(sql))[0]?.[0] ?? 0);
  }

  close(): void {
    this.connection.closeSync();
    if (this.isFirst) this.instance.closeSync();
  }
}
