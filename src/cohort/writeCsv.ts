import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

import { formatCohortFile } from './cohortFile.js';
import type { Cohort } from './types.js';
import { dynamicColumns, staticColumns, type Column, type WrittenTable } from './writtenColumns.js';

/** Rows that are handed to the file at once. */
const ROWS_AT_ONCE = 1000;

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal number that is this float32. */
function float32Text(value: number): string {
  if (Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function cellText(column: Column, row: number): string {
  const cell = column.cell(row);
  if (typeof cell === 'string') return quoted(cell);
  if (Number.isNaN(cell)) return '';
  if (column.type === 'double') return String(cell);
  if (typeof column.type === 'string' || column.type.kind !== 'categorical') return float32Text(cell);
  return quoted(column.type.levels?.[cell] ?? '');
}

async function writeTable({ columns, rows }: WrittenTable, file: string): Promise<void> {
  const stream = createWriteStream(file);
  const done = finished(stream);
  stream.write(`${columns.map(({ name }) => quoted(name)).join(',')}\n`);
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const lines: string[] = [];
    for (let row = first; row < Math.min(rows, first + ROWS_AT_ONCE); row++)
      lines.push(columns.map((column) => cellText(column, row)).join(','));
    if (!stream.write(`${lines.join('\n')}\n`)) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}

/**
 * Writes a cohort folder as `cohort.json`, `dynamic.csv` and `static.csv` into a new folder, for programs that read no Parquet; `readCohort`
 * gives the cohort back unchanged. No hashes are listed.
 */
export async function writeCsvCohort(cohort: Cohort, folder: string): Promise<void> {
  await mkdir(folder);
  await writeTable(dynamicColumns(cohort), path.join(folder, 'dynamic.csv'));
  await writeTable(staticColumns(cohort), path.join(folder, 'static.csv'));
  await writeFile(path.join(folder, 'cohort.json'), formatCohortFile({ schema: cohort.schema, files: {} }));
}
