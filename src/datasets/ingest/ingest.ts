import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { formatCohortFile } from '../../cohort/cohortFile.js';
import { tableHashes } from '../../cohort/cohortTables.js';
import { InputError } from '../../cohort/inputError.js';
import { replaceFolder } from '../../cohort/replaceFolder.js';
import type { CohortSchema, EventFeature, EventTable } from '../../cohort/types.js';
import { fewestPatients } from '../../cohort/validate.js';
import type { IngestAdapter } from './adapter.js';
import { includeStays } from './attrition.js';
import { readFeatureSet } from './featureSet.js';
import { gatherDrugs } from './drugExposure.js';
import { eventGrid } from './eventGrid.js';
import { eventTables, fewestEvents, gatherEvents, writeEvents } from './eventTables.js';
import { createDictionary, featureVariables } from './features.js';
import { writeGrid, writeStays } from './gridTables.js';
import { IngestDatabase } from './ingestDatabase.js';
import { gridSteps, type IngestOptions } from './ingestOptions.js';
import { gatherMeasurements } from './measurements.js';
import { ingestProvenance, type IngestTrace } from './provenance.js';
import { featureNotes, findFiles, select, type Selection } from './selection.js';
import { digestSources } from './sourceDigests.js';
import { requireSourceFolder } from './sourceFiles.js';
import { createSourceView } from './sourceViews.js';
import { sqlBeside } from './sqlFile.js';
import { attachLabels, boundStatics, labelVariables, requireLabels } from './staysTable.js';

/** What an ingest made. */
export interface IngestResult {
  readonly schema: CohortSchema;
  readonly stays: number;
  readonly patients: number;
  readonly hospitals: number;
  readonly notes: readonly string[];
}

async function collect(
  database: IngestDatabase,
  { adapter, features }: Selection,
  options: IngestOptions,
  windowMinutes: number,
): Promise<Pick<IngestTrace, 'attrition' | 'counts' | 'statics'>> {
  const here = sqlBeside(import.meta.url);
  await database.run(await adapter.sql(adapter.stays.sql));
  const attrition = await includeStays(database, adapter, options, windowMinutes, async () => {
    if (options.form !== 'events') return [];
    await gatherEvents(database, adapter);
    return [
      {
        step: `at least ${fewestEvents} events in the window`,
        condition: `stay IN (SELECT stay FROM events GROUP BY stay HAVING count(*) >= ${fewestEvents})`,
      },
    ];
  });
  await database.run(await here('stays.sql'));
  const statics = await boundStatics(database, adapter.statics);
  await attachLabels(database, adapter, options.labels);
  await createDictionary(database, adapter, features);
  const counts = await gatherMeasurements(database, adapter, features, options);
  await gatherDrugs(database, adapter);
  return { attrition, counts, statics };
}

/**
 * Makes a cohort folder from source tables. All rows stay in DuckDB; the folder appears whole or not at all.
 *
 * @param note told as things turn up that the user should know
 * @throws InputError on missing or damaged tables, impossible options and a cohort without stays
 */
export async function ingest(
  adapter: IngestAdapter,
  options: IngestOptions,
  note: (text: string) => void,
): Promise<IngestResult> {
  await requireSourceFolder(options.from);
  requireLabels(adapter, options.labels);
  if (options.form === 'events' && adapter.events.length === 0)
    throw new InputError({
      place: '--form',
      expected: `grid for ${adapter.id}`,
      found: "'events'",
      remedy: 'The event form exists for eicu and mimic4.',
    });
  const features = adapter.featureSet ?? (await readFeatureSet(options.features));
  const windowMinutes = options.windowMinutes ?? features.windowMinutes;
  const stepMinutes = options.stepMinutes ?? features.stepMinutes;
  const steps = gridSteps(windowMinutes, stepMinutes);
  const selection = select(adapter, features, options);
  const notes: string[] = [];
  const remember = (text: string): void => {
    notes.push(text);
    note(text);
  };
  const files = await findFiles(selection, options, remember);
  for (const text of featureNotes(selection, files)) remember(text);
  const stop = new AbortController();
  const digests = digestSources(options.from, files.values(), stop.signal);
  digests.catch(() => undefined);
  try {
    return await replaceFolder(options.out, 'cohort.json', async (folder) => {
      const temporary = path.join(path.dirname(folder), 'work');
      await mkdir(temporary);
      const database = await IngestDatabase.open({
        from: [options.from, folder],
        temporary,
        memory: options.memory,
        threads: options.threads,
        ...(options.temporaryDisk === undefined ? {} : { temporaryDisk: options.temporaryDisk }),
      });
      try {
        await database.run('CREATE SCHEMA source');
        await database.run(
          `SET VARIABLE from_minute = 0; SET VARIABLE window_minutes = ${windowMinutes}; SET VARIABLE step_minutes = ${stepMinutes}; SET VARIABLE grid_steps = ${steps};`,
        );
        for (const table of selection.tables)
          await createSourceView(database, table, files.get(table.name) ?? null);
        const trace = await collect(database, selection, options, windowMinutes);
        await noteLoneHospitals(database, remember);
        const labels = labelVariables(options.labels);
        await writeStays(database, adapter.statics, labels, folder);
        await writeGrid(database, features, steps, folder, temporary);
        if (options.form === 'events') await writeEvents(database, adapter, folder);
        const schema: CohortSchema = {
          name: adapter.id,
          stepHours: stepMinutes / 60,
          steps,
          features: featureVariables(features),
          statics: adapter.statics,
          labels,
          provenance: ingestProvenance(
            adapter,
            options,
            { features: features.name, windowMinutes, stepMinutes },
            { ...trace, sources: await digests, notes },
          ),
        };
        const events =
          options.form === 'events'
            ? { tables: eventTables(adapter), grid: await eventGrid(adapter, features.concepts) }
            : null;
        await describe(schema, events, folder);
        const [totals] = await database.rows(
          'SELECT count(*), count(DISTINCT patient), count(DISTINCT hospital_id) FROM stays',
        );
        return {
          schema,
          stays: Number(totals![0]),
          patients: Number(totals![1]),
          hospitals: Number(totals![2]),
          notes,
        };
      } catch (error) {
        // A file that is cut short shows itself in many ways; that it is so is the better answer.
        if (error instanceof InputError && error.fault.file !== undefined) await digests;
        throw error;
      } finally {
        database.close();
        await rm(temporary, { recursive: true, force: true });
      }
    });
  } finally {
    stop.abort();
  }
}

/** Hospitals that are too small for a split are kept, since the folder may still be merged or regrouped; but it is said. */
async function noteLoneHospitals(database: IngestDatabase, note: (text: string) => void): Promise<void> {
  const lone = await database.count(
    `SELECT count(*) FROM (SELECT hospital_id FROM stays GROUP BY hospital_id HAVING count(DISTINCT patient) < ${fewestPatients})`,
  );
  if (lone > 0)
    note(
      `hospitals with fewer than ${fewestPatients} patients: ${lone}; such a cohort is not accepted for scoring, --hospitals min=N leaves them out`,
    );
}

async function describe(
  schema: CohortSchema,
  events: { readonly tables: readonly EventTable[]; readonly grid: readonly EventFeature[] } | null,
  folder: string,
): Promise<void> {
  const files = await tableHashes(folder, {
    dynamic: 'dynamic.parquet',
    static: 'static.parquet',
    events: events === null ? null : 'events.parquet',
  });
  await writeFile(path.join(folder, 'cohort.json'), formatCohortFile({ schema, files, ...events }));
}
