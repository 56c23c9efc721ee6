import { DuckDBConnection } from '@duckdb/node-api';
import { vi } from 'vitest';

/** Makes DuckDB refuse the statement that begins so with the message; returns what undoes it. */
export function failAt(statement: string, message: string): () => void {
  const run = Reflect.get<DuckDBConnection, 'run'>(DuckDBConnection.prototype, 'run');
  const spy = vi.spyOn(DuckDBConnection.prototype, 'run').mockImplementation(function (
    this: DuckDBConnection,
    ...given: Parameters<DuckDBConnection['run']>
  ) {
    return given[0].startsWith(statement)
      ? Promise.reject(new Error(message))
      : Reflect.apply(run, this, given);
  });
  return () => spy.mockRestore();
}
