import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from './inputError.js';
import { ownFileBytes } from './ownFile.js';
import { requireDecompressedSize } from './sizeLimits.js';
import { openArrow } from './table/arrowTable.js';
import { readCsvHeader } from './table/csvHeader.js';
import { openCsv, openParquet } from './table/duckdbTable.js';
import type { Table } from './table/table.js';

const endings = ['.parquet', '.csv', '.csv.gz', '.arrow'] as const;

/** The file that holds the table `stem` (`dynamic`, `static` or `events`) of a cohort folder. @throws InputError when there is none, more than one, or one that is no plain file of the folder */
export async function findTable(folder: string, stem: 'dynamic' | 'static' | 'events'): Promise<string> {
  const present = await readdir(folder);
  const candidates = endings.map((ending) => stem + ending).filter((name) => present.includes(name));
  if (candidates.length !== 1)
    throw new InputError({
      file: folder,
      expected: `one file ${endings.map((ending) => stem + ending).join(' | ')}`,
      found: candidates.length === 0 ? 'none' : candidates.join(' and '),
      remedy: candidates.length === 0 ? 'Write the table.' : 'Keep one of them.',
    });
  await ownFileBytes(folder, candidates[0]!);
  return candidates[0]!;
}

/** Opens a table of a cohort folder by the ending of its file. */
export async function openTable(file: string): Promise<Table> {
  if (file.endsWith('.parquet')) return openParquet(file);
  if (file.endsWith('.arrow')) return openArrow(file);
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
