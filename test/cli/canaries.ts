import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Tables } from './smallCohort.js';

/** Values that only real rows hold, with more digits than chance repeats; in the middle and at the ends of their columns. */
export const CANARY_VALUES = [
  81.371943, 83.714165, 63.918726, 139.27193, 1.7713571, 6.4179385, 58.793741,
] as const;
/** Starts every patient id and stay id of real rows. */
export const CANARY_ID = 'zq7canary';

/** Plants the canaries into a cohort's rows: ids everywhere, values into a dozen rows of patients of both hospitals. */
export function plantCanaries({ description, dynamic, static: statics }: Tables): Tables {
  const named = (line: string): string =>
    line.replace(/^[^,]*/u, (id) => `${CANARY_ID}-patient-${id},${CANARY_ID}-stay-${id}`);
  const withValue = (line: string, row: number): string => {
    if (row % 37 !== 0) return line;
    const cells = line.split(',');
    const k = Math.floor(row / 37) % 6;
    if (k < 4) cells[4] = String(CANARY_VALUES[k]!);
    else cells[5] = String(CANARY_VALUES[k]!);
    return cells.join(',');
  };
  const withAge = (line: string, row: number): string => {
    const cells = line.split(',');
    if (row % 23 === 0) cells[3] = String(CANARY_VALUES[6]);
    return cells.join(',');
  };
  const [dynamicHead, ...rows] = dynamic;
  const [staticHead, ...patients] = statics;
  const keyed = (head: string | undefined): string =>
    (head ?? '').replace('patient_id', 'patient_id,stay_id');
  return {
    description,
    dynamic: [keyed(dynamicHead), ...rows.map(named).map(withValue)],
    static: [keyed(staticHead), ...patients.map(named).map(withAge)],
  };
}

/** Every form in which a canary may be written: its text, and its bytes as float32 and float64. */
function traces(): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return [
    { name: CANARY_ID, bytes: Buffer.from(CANARY_ID) },
    ...CANARY_VALUES.flatMap((value) => {
      const rounded = Math.fround(value);
      const single = Buffer.alloc(4);
      single.writeFloatLE(value);
      const [double, ofSingle] = [Buffer.alloc(8), Buffer.alloc(8)];
      double.writeDoubleLE(value);
      ofSingle.writeDoubleLE(rounded);
      return [
        { name: `${value}`, bytes: Buffer.from(String(value)) },
        { name: `${value} as float32`, bytes: single },
        { name: `${value} as float64`, bytes: double },
        { name: `${value} rounded`, bytes: ofSingle },
        { name: `${value} rounded, as text`, bytes: Buffer.from(String(rounded).slice(0, 9)) },
      ];
    }),
  ];
}

/** Text and bytes of every file below a folder, Parquet tables decoded, with the files' names. */
async function* contents(folder: string): AsyncGenerator<{ readonly file: string; readonly bytes: Buffer }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      yield { file: `name of ${file.slice(folder.length)}`, bytes: Buffer.from(file.slice(folder.length)) };
      if (!entry.isFile()) continue;
      yield { file: file.slice(folder.length), bytes: await readFile(file) };
      if (!file.endsWith('.parquet')) continue;
      const rows = await connection.runAndReadAll(`select * from '${file}'`);
      const text = JSON.stringify(rows.getRowObjectsJson());
      yield { file: `${file.slice(folder.length)}, decoded`, bytes: Buffer.from(text) };
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Where canaries turned up below a folder; empty when nowhere. Throws when nothing was there to be searched. */
export async function canariesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  let searched = 0;
  for await (const { file, bytes } of contents(folder)) {
    searched++;
    found.push(...canariesIn(bytes).map((name) => `${name} in ${file}`));
  }
  if (searched < 5) throw new Error(`only ${searched} files below ${folder}`);
  return found;
}

/** Canaries that a text or a file's bytes hold. */
export function canariesIn(content: string | Buffer): readonly string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return traces()
    .filter((trace) => bytes.includes(trace.bytes))
    .map(({ name }) => name);
}
