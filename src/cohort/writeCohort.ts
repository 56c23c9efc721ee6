import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { formatCohortFile } from './cohortFile.js';
import { fileHash, findTable } from './cohortTables.js';
import { InputError } from './inputError.js';
import { readDescription } from './readCohort.js';
import { replaceFolder } from './replaceFolder.js';
import type { Cohort } from './types.js';
import { requireConsistent } from './validate.js';
import { writeDynamics, writeStatics } from './writeParquet.js';

/**
 * Writes a cohort folder (`cohort.json`, `dynamic.parquet`, `static.parquet`) that `readCohort` gives back unchanged.
 * Same cohort and same version of the Parquet writer, same bytes. The folder appears whole or not at all; a cohort
 * folder of that name is replaced.
 *
 * @returns sha256 of both tables by file name
 * @throws InputError when the cohort breaks its own schema or names a patient twice, or the folder holds something else
 */
export async function writeCohort(
  cohort: Cohort,
  folder: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  requireConsistent(cohort, folder);
  if (new Set(cohort.patients).size !== cohort.size)
    throw new InputError({
      file: folder,
      place: 'patient_id',
      expected: 'one stay a patient',
      found: `${cohort.size - new Set(cohort.patients).size} stays with the patient of another stay`,
      remedy: 'Give every stay an id of its own before writing.',
    });
  return replaceFolder(folder, 'cohort.json', async (temporary) => {
    await writeDynamics(cohort, path.join(temporary, 'dynamic.parquet'));
    await writeStatics(cohort, path.join(temporary, 'static.parquet'));
    const files: Record<string, string> = {};
    for (const name of ['dynamic.parquet', 'static.parquet'])
      files[name] = await fileHash(path.join(temporary, name));
    await writeFile(path.join(temporary, 'cohort.json'), formatCohortFile({ schema: cohort.schema, files }));
    return { files };
  });
}

/**
 * Fills in `files` of a cohort folder's `cohort.json` from the tables that are there.
 *
 * @returns sha256 of both tables by file name
 * @throws InputError when the folder is no valid cohort
 */
export async function recordHashes(folder: string): Promise<Readonly<Record<string, string>>> {
  const { schema } = await readDescription(folder);
  const files: Record<string, string> = {};
  for (const stem of ['dynamic', 'static'] as const) {
    const name = await findTable(folder, stem);
    files[name] = await fileHash(path.join(folder, name));
  }
  const file = path.join(folder, 'cohort.json');
  const temporary = await open(`${file}.new`, 'w');
  try {
    await temporary.writeFile(formatCohortFile({ schema, files }));
    await temporary.sync();
  } finally {
    await temporary.close();
  }
  await rename(`${file}.new`, file);
  return files;
}
