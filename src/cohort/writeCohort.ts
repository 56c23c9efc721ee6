import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { writeAtomically } from './atomicFile.js';
import { formatCohortFile } from './cohortFile.js';
import { findTables, tableHashes } from './cohortTables.js';
import { writeEvents } from './events/writeEvents.js';
import { readDescription } from './readCohort.js';
import { replaceFolder } from './replaceFolder.js';
import type { Cohort, CohortEvents, CohortSchema } from './types.js';
import { requireConsistent } from './validate.js';
import { concatenateParquet, writeDynamics, writeStatics } from './writeParquet.js';

/**
 * Writes the files of a cohort folder into an existing folder; see `writeCohort`, which writes the folder whole or
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
  if (cohort.events !== undefined)
    await writeEvents(cohort, cohort.events, path.join(folder, 'events.parquet'));
  return writeDescription(cohort.schema, cohort.events, folder);
}

/** Writes `cohort.json` beside the tables. */
async function writeDescription(
  schema: CohortSchema,
  events: Pick<CohortEvents, 'tables' | 'grid'> | undefined,
  folder: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  const files = await tableHashes(folder, {
    dynamic: 'dynamic.parquet',
    static: 'static.parquet',
    events: events === undefined ? null : 'events.parquet',
  });
  const described = events === undefined ? {} : { tables: events.tables, grid: events.grid };
  await writeFile(path.join(folder, 'cohort.json'), formatCohortFile({ schema, files, ...described }));
  return { files };
}

/**
 * Writes a cohort folder (`cohort.json`, `dynamic.parquet`, `static.parquet`, of an event cohort `events.parquet` as well) that `readCohort` gives back unchanged
 * (except that a hospital without stays and a level without a cell in the events are not in the tables, and levels come sorted).
 * Same cohort and same version of the Parquet writer, same bytes. The folder appears whole or not at all; a cohort
 * folder of that name is replaced.
 *
 * @returns sha256 of the tables by file name
 * @throws InputError when the cohort breaks its own schema, or the folder holds something else
 */
export async function writeCohort(
  cohort: Cohort,
  folder: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  return replaceFolder(folder, 'cohort.json', (temporary) => writeCohortFiles(cohort, temporary, folder));
}

/**
 * Writes a cohort folder from blocks of stays that come one after the other, none of a patient of an earlier block, without
 * holding more than one of them: what `writeCohort` writes of all stays together. The folder appears whole or not at all.
 *
 * @param blocks at least one, all on one schema
 * @throws InputError as `writeCohort`, and whatever the blocks throw
 */
export async function writeCohortBlocks(
  blocks: AsyncIterable<Cohort>,
  folder: string,
): Promise<{ files: Readonly<Record<string, string>> }> {
  return replaceFolder(folder, 'cohort.json', async (temporary) => {
    const pieces = path.join(temporary, 'pieces');
    await mkdir(pieces);
    const dynamics: string[] = [];
    const statics: string[] = [];
    const events: string[] = [];
    let schema: CohortSchema | undefined;
    let form: Pick<CohortEvents, 'tables' | 'grid'> | undefined;
    for await (const block of blocks) {
      requireConsistent(block, folder);
      schema = block.schema;
      const number = dynamics.length;
      dynamics.push(path.join(pieces, `dynamic-${number}.parquet`));
      statics.push(path.join(pieces, `static-${number}.parquet`));
      await writeDynamics(block, dynamics[number]!);
      await writeStatics(block, statics[number]!);
      if (block.events === undefined) continue;
      form = { tables: block.events.tables, grid: block.events.grid };
      events.push(path.join(pieces, `events-${number}.parquet`));
      await writeEvents(block, block.events, events[number]!);
    }
    if (schema === undefined) throw new RangeError('a cohort needs at least one block');
    if (events.length > 0 && events.length < dynamics.length)
      throw new RangeError('a block with events and one without make no cohort');
    for (const [table, parts] of [
      ['dynamic.parquet', dynamics],
      ['static.parquet', statics],
      ...(events.length === 0 ? [] : [['events.parquet', events] as const]),
    ] as const) {
      const file = path.join(temporary, table);
      if (parts.length === 1) await rename(parts[0]!, file);
      else await concatenateParquet(parts, file);
    }
    await rm(pieces, { recursive: true });
    return writeDescription(schema, form, temporary);
  });
}

/**
 * Fills in `files` of a cohort folder's `cohort.json` from the tables that are there.
 *
 * @returns sha256 of the tables by file name
 * @throws InputError when the folder is no valid cohort
 */
export async function recordHashes(folder: string): Promise<Readonly<Record<string, string>>> {
  const { schema, tables, grid } = await readDescription(folder);
  const files = await tableHashes(folder, await findTables(folder, tables !== undefined));
  await writeAtomically(
    path.join(folder, 'cohort.json'),
    formatCohortFile({
      schema,
      files,
      ...(tables === undefined ? {} : { tables }),
      ...(grid === undefined ? {} : { grid }),
    }),
  );
  return files;
}
