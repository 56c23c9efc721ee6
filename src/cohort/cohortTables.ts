import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from './inputError.js';
import { ownFileBytes } from './ownFile.js';
import { requireDecompressedSize } from './sizeLimits.js';
import { readCsvHeader } from './table/csvHeader.js';
import { openCsv, openParquet } from './table/duckdbTable.js';
import type { Table } from './table/table.js';

const endings = ['.parquet', '.csv', '.csv.gz', '.arrow'] as const;

/** Names of the files that hold the tables of a cohort folder. */
export interface TableFiles {
  readonly dynamic: string;
  readonly static: string;
  /** Null where `cohort.json` describes no event tables. */
  readonly events: string | null;
}

async function candidates(folder: string, stem: keyof TableFiles): Promise<string[]> {
  const present = await readdir(folder);
  return endings.map((ending) => stem + ending).filter((name) => present.includes(name));
}

async function onlyCandidate(folder: string, stem: keyof TableFiles): Promise<string> {
  const [name, ...others] = await candidates(folder, stem);
  if (name === undefined || others.length > 0)
    throw new InputError({
      file: folder,
      expected: `one file ${endings.map((ending) => stem + ending).join(' | ')}`,
      found: name === undefined ? 'none' : [name, ...others].join(' and '),
      remedy: name === undefined ? 'Write the table.' : 'Keep one of them.',
    });
  await ownFileBytes(folder, name);
  return name;
}

/** Reading only the grid would silently leave out what its owner takes for part of the cohort. */
async function requireNoEvents(folder: string): Promise<void> {
  const [events] = await candidates(folder, 'events');
  if (events === undefined) return;
  throw new InputError({
    file: path.join(folder, events),
    expected: 'no table of events, because cohort.json has no `tables`',
    found: 'one',
    remedy: 'Describe its event tables as `tables` in cohort.json, or remove the file to use the grid alone.',
  });
}

/**
 * The files that hold the tables of a cohort folder.
 *
 * @param withEvents whether `cohort.json` describes event tables
 * @throws InputError when a table has no file, more than one, or one that is no plain file of the folder; when there are events and `cohort.json` describes none
 */
export async function findTables(folder: string, withEvents: boolean): Promise<TableFiles> {
  const statics = await onlyCandidate(folder, 'static');
  const dynamic = await onlyCandidate(folder, 'dynamic');
  if (!withEvents) await requireNoEvents(folder);
  return { dynamic, static: statics, events: withEvents ? await onlyCandidate(folder, 'events') : null };
}

/** Opens a table of a cohort folder by the ending of its file. */
export async function openTable(file: string): Promise<Table> {
  if (file.endsWith('.parquet')) return openParquet(file);
  if (file.endsWith('.arrow')) return (await import('./table/arrowTable.js')).openArrow(file);
  const gzipped = file.endsWith('.gz');
  if (gzipped) await requireDecompressedSize(file);
  return openCsv(file, await readCsvHeader(file, gzipped), gzipped);
}

/** sha256 of a file's bytes, 64 hexadecimal digits. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) if (piece instanceof Uint8Array) hash.update(piece);
  return hash.digest('hex');
}

/** sha256 of the tables of a cohort folder by file name. */
export async function tableHashes(folder: string, files: TableFiles): Promise<Record<string, string>> {
  const sha256: Record<string, string> = {};
  for (const name of [files.dynamic, files.static, files.events])
    if (name !== null) sha256[name] = await fileHash(path.join(folder, name));
  return sha256;
}

/** @throws InputError when a listed file is missing or has other bytes than listed */
export async function requireHashes(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const present = await readdir(folder);
  for (const [name, listed] of Object.entries(files)) {
    if (!present.includes(name))
      throw new InputError({
        file: path.join(folder, 'cohort.json'),
        place: `files.${name}`,
        expected: 'the listed file',
        found: 'no such file',
        remedy: 'Copy the file, or remove the entry.',
      });
    await ownFileBytes(folder, name);
    if ((await fileHash(path.join(folder, name))) !== listed)
      throw new InputError({
        file: path.join(folder, name),
        expected: 'the sha256 that cohort.json lists',
        found: 'other bytes',
        remedy: 'Copy the file again; if it was changed on purpose, remove `files` from cohort.json.',
      });
  }
}
