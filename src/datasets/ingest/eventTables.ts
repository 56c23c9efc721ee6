import path from 'node:path';

import { sqlFile, sqlName, sqlText } from '../../cohort/table/duckdb.js';
import type { EventTable } from '../../cohort/types.js';
import type { EventSource, IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { bracketed } from './sqlFile.js';

/** Fewest events in the window for a stay to be included (rawmed §1.1: more than five). */
export const fewestEvents = 6;

function cellsOf(source: EventSource, all: readonly EventSource['columns'][number][]): string {
  return all
    .map(({ name, kind }) => {
      const own = source.columns.some((column) => column.name === name);
      const type = kind === 'continuous' ? 'DOUBLE' : 'VARCHAR';
      return `CAST(${own ? `q.${sqlName(name)}` : 'NULL'} AS ${type}) AS ${sqlName(name)}`;
    })
    .join(', ');
}

/** Columns of all event tables, each once, in order of appearance. */
function allColumns(sources: readonly EventSource[]): EventSource['columns'][number][] {
  const seen = new Map<string, EventSource['columns'][number]>();
  for (const source of sources)
    for (const column of source.columns) if (!seen.has(column.name)) seen.set(column.name, column);
  return [...seen.values()];
}

/** Creates `events`: those of the remaining stays from admission to the end of the window, both included. */
export async function gatherEvents(database: IngestDatabase, adapter: IngestAdapter): Promise<void> {
  const columns = allColumns(adapter.events);
  const parts: string[] = [];
  for (const [order, source] of adapter.events.entries()) {
    const query = bracketed(await adapter.sql(source.sql));
    parts.push(`
      SELECT q.stay, CAST(q.minute AS INTEGER) AS minute, ${order} AS table_order, q.source_row, ${cellsOf(source, columns)}
      FROM ${query} q
      JOIN remaining r ON r.stay = q.stay
      WHERE q.minute >= 0 AND q.minute <= getvariable('window_minutes')`);
  }
  await database.run(`CREATE TABLE events AS ${parts.join(' UNION ALL ')}`);
}

/** Tables of the event form as `cohort.json` lists them. */
export function eventTables(adapter: IngestAdapter): EventTable[] {
  return adapter.events.map(({ name, itemColumn, columns }) => ({ name, itemColumn, columns }));
}

/** Writes `events.parquet`: by stay, then minute, then table, then row of the source. */
export async function writeEvents(
  database: IngestDatabase,
  adapter: IngestAdapter,
  folder: string,
): Promise<void> {
  const columns = allColumns(adapter.events).map(({ name }) => `, e.${sqlName(name)}`);
  const names = `[${adapter.events.map(({ name }) => sqlText(name)).join(', ')}]`;
  await database.run(
    `COPY (
      SELECT s.patient AS patient_id, s.hospital_id, CAST(s.stay AS VARCHAR) AS stay_id,
        ${names}[e.table_order + 1] AS "table", e.minute${columns.join('')}
      FROM events e JOIN stays s USING (stay)
      ORDER BY s.stay_row, e.minute, e.table_order, e.source_row
    ) TO ${sqlFile(path.join(folder, 'events.parquet'))}
    (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE 122880)`,
  );
}
