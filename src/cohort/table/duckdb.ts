import path from 'node:path';

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A text literal of SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted identifier of SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A literal for the path of one file. */
export function sqlFile(file: string): string {
  return sqlText(path.resolve(file));
}

export interface Database {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * An in-memory DuckDB that can reach nothing but the named files and folders: no extension is loaded or installed,
 * no network, no other path, and the settings are locked. One thread, so that rows keep their order and equal input
 * gives equal bytes.
 */
export async function openDatabase(reach: {
  readonly files?: readonly string[];
  readonly folders?: readonly string[];
}): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  const list = (paths: readonly string[], ending: string): string =>
    `[${paths.map((one) => sqlText(path.resolve(one) + ending)).join(', ')}]`;
  await connection.run(`SET allowed_paths = ${list(reach.files ?? [], '')}`);
  await connection.run(`SET allowed_directories = ${list(reach.folders ?? [], '/')}`);
  await connection.run("SET temp_directory = ''");
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
