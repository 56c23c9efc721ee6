import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { formatCohortFile } from './cohortFile.js';
import { fileHash, findTable } from './cohortTables.js';
import { readDescription } from './readCohort.js';
import { replaceFolder } from './replaceFolder.js';
import type { Cohort } from './types.js';
import { requireConsistent } from './validate.js';
import { writeDynamics, writeStatics } from './writeParquet.js';

/**
 * Writes the three files of a cohort folder into an existing folder; see `writeCohort`, which writes the folder whole or
 * not at all.
 *
 * @param name what messages call the folder
 */
export async function writeCohortFiles(
  cohort: Cohort,
  folder: string,
  name: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  requireConsistent(cohort, name);
  await writeDynamics(cohort, path.join(folder, 'dynamic.parquet'));
  await writeStatics(cohort, path.join(folder, 'static.parquet'));
  const files: Record<string, string> = {};
  for (const table of ['dynamic.parquet', 'static.parquet'])
    files[table] = await fileHash(path.join(folder, table));
  await writeFile(path.join(folder, 'cohort.json'), formatCohortFile({ schema: cohort.schema, files }));
  return { files };
}

/**
 * Writes a cohort folder (`cohort.json`, `dynamic.parquet`, `static.parquet`) that `readCohort` gives back unchanged
 * (except that a hospital without stays is not in the tables).
 * Same cohort and same version of the Parquet writer, same bytes. The folder appears whole or not at all; a cohort
 * folder of that name is replaced.
 *
 * @returns sha256 of both tables by file name
 * @throws InputError when the cohort breaks its own schema, or the folder holds something else
 */
export async function writeCohort(
  cohort: Cohort,
  folder: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  return replaceFolder(folder, 'cohort.json', (temporary) => writeCohortFiles(cohort, temporary, folder));
}

/**
 * Fills in `files` of a cohort folder's `cohort.json` from the tables that are there.
 *
 * @returns sha256 of both tables by file name
 * @throws InputError when the folder is no valid cohort
 */
export async function recordHashes(folder: string): Promise<Readonly<Record<string, string>>> {
  const { schema, tables } = await readDescription(folder);
  const files: Record<string, string> = {};
  for (const stem of ['dynamic', 'static'] as const) {
    const name = await findTable(folder, stem);
    files[name] = await fileHash(path.join(folder, name));
  }
  if (tables !== undefined) files['events.parquet'] = await fileHash(path.join(folder, 'events.parquet'));
  const file = path.join(folder, 'cohort.json');
  const temporary = await open(`${file}.new`, 'w');
  try {
    await temporary.writeFile(
      formatCohortFile({ schema, files, ...(tables === undefined ? {} : { tables }) }),
    );
    await temporary.sync();
  } finally {
    await temporary.close();
  }
  await rename(`${file}.new`, file);
  return files;
}
