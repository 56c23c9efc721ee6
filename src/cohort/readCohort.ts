import { stat } from 'node:fs/promises';
import path from 'node:path';

import { parseCohortFile, type CohortDescription } from './cohortFile.js';
import { fileHash, findTables, openTable, requireHashes, tableHashes } from './cohortTables.js';
import { readEvents } from './events/readEvents.js';
import { InputError } from './inputError.js';
import { ownText } from './ownFile.js';
import { readDynamics } from './readDynamics.js';
import { readStatics, type Statics } from './readStatics.js';
import type { Cohort, CohortEvents } from './types.js';

/** A thousand levels of a thousand variables fit in. */
const LARGEST_DESCRIPTION = 2 ** 26;

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
  const text = await ownText(folder, 'cohort.json', LARGEST_DESCRIPTION);
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
 * sha256 of `cohort.json` and the tables of a cohort folder by file name: what decides whether a folder still holds the same cohort.
 *
 * @throws InputError when a file is missing or wrong
 */
export async function folderHashes(folder: string): Promise<Record<string, string>> {
  const { tables } = await readDescription(folder);
  const files = await findTables(folder, tables !== undefined);
  return {
    'cohort.json': await fileHash(path.join(folder, 'cohort.json')),
    ...(await tableHashes(folder, files)),
  };
}

async function eventsOf(
  file: string,
  { schema, tables, grid }: Required<Pick<CohortDescription, 'schema' | 'tables' | 'grid'>>,
  stays: Statics,
  staticFile: string,
): Promise<CohortEvents> {
  const table = await openTable(file);
  try {
    return await readEvents(table, schema, tables, grid, stays, staticFile);
  } finally {
    table.close();
  }
}

/**
 * Reads a cohort folder: `cohort.json` and the tables `dynamic` and `static` as .parquet, .csv, .csv.gz or .arrow; in
 * event cohorts, whose `cohort.json` has `tables`, `events` as well, which no other cohort may have.
 *
 * Stays come in the order of the static table, hospitals sorted by id. A stay is as long as its last row in the dynamic table says; a row
 * may have all features null. Checked is the structure only; see `requireUsable` for what a run needs.
 *
 * @throws InputError with file, place and remedy on anything that does not fit `cohort.json`; it never holds ids or
 * values of patients
 */
export async function readCohort(folder: string): Promise<Cohort> {
  const { schema, files, tables, grid } = await readDescription(folder);
  const found = await findTables(folder, tables !== undefined);
  const staticFile = path.join(folder, found.static);
  const staticTable = await openTable(staticFile);
  try {
    const dynamicTable = await openTable(path.join(folder, found.dynamic));
    try {
      await requireHashes(folder, files);
      const { rowOf, key, ...statics } = await readStatics(staticTable, schema);
      const stays = { ...statics, rowOf, key };
      const dynamics = await readDynamics(dynamicTable, schema, stays, staticFile);
      if (tables === undefined || found.events === null) return { schema, ...statics, ...dynamics };
      const eventsFile = path.join(folder, found.events);
      const events = await eventsOf(eventsFile, { schema, tables, grid: grid ?? [] }, stays, staticFile);
      return { schema, ...statics, ...dynamics, events };
    } finally {
      dynamicTable.close();
    }
  } finally {
    staticTable.close();
  }
}
