import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { parseCohortFile, type CohortDescription } from './cohortFile.js';
import { findTable, openTable, requireHashes } from './cohortTables.js';
import { InputError } from './inputError.js';
import { readDynamics } from './readDynamics.js';
import { readStatics } from './readStatics.js';
import type { Cohort } from './types.js';

/** Reads `cohort.json` of a cohort folder. @throws InputError when folder or file are missing or wrong */
export async function readDescription(folder: string): Promise<CohortDescription> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new InputError({
      file: folder,
      expected: 'a cohort folder',
      found: found === null ? 'nothing of that name' : 'a file',
      remedy: 'Name a folder with cohort.json, dynamic.* and static.*.',
    });
  const file = path.join(folder, 'cohort.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null)
    throw new InputError({
      file,
      expected: 'the file that describes the cohort',
      found: 'no readable file',
      remedy: 'Write cohort.json beside the tables.',
    });
  return parseCohortFile(text, file);
}

/**
 * Reads a cohort folder: `cohort.json` and the tables `dynamic` and `static` as .parquet, .csv, .csv.gz or .arrow.
 *
 * Stays come in the order of the static table, hospitals sorted by id. A stay is as long as its last row in the dynamic table says; a row
 * may have all features null. Checked is the structure only; see `requireUsable` for what a run needs.
 *
 * @throws InputError with file, place and remedy on anything that does not fit `cohort.json`; it never holds ids or
 * values of patients
 */
export async function readCohort(folder: string): Promise<Cohort> {
  const { schema, files } = await readDescription(folder);
  const staticFile = path.join(folder, await findTable(folder, 'static'));
  const dynamicFile = path.join(folder, await findTable(folder, 'dynamic'));
  const staticTable = await openTable(staticFile);
  try {
    const dynamicTable = await openTable(dynamicFile);
    try {
      await requireHashes(folder, files);
      const { rowOf, key, ...statics } = await readStatics(staticTable, schema);
      const dynamics = await readDynamics(dynamicTable, schema, { ...statics, rowOf, key }, staticFile);
      return { schema, ...statics, ...dynamics };
    } finally {
      dynamicTable.close();
    }
  } finally {
    staticTable.close();
  }
}
