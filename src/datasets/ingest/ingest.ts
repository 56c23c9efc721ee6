import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { formatCohortFile } from '../../cohort/cohortFile.js';
import { fileHash } from '../../cohort/cohortTables.js';
import { InputError } from '../../cohort/inputError.js';
import { replaceFolder } from '../../cohort/replaceFolder.js';
import type { CohortSchema } from '../../cohort/types.js';
import type { IngestAdapter, SourceTable } from './adapter.js';
import { includeStays } from './attrition.js';
import { readFeatureSet, type FeatureSet } from './conceptDictionary.js';
import { gatherDrugs } from './drugExposure.js';
import { eventTables, fewestEvents, gatherEvents, writeEvents } from './eventTables.js';
import { createDictionary, featureVariables, itemsIn } from './features.js';
import { writeGrid, writeStays } from './gridTables.js';
import { IngestDatabase } from './ingestDatabase.js';
import { gridSteps, type IngestOptions } from './ingestOptions.js';
import { gatherMeasurements } from './measurements.js';
import { ingestProvenance, type IngestTrace } from './provenance.js';
import {
  digestSources,
  findSourceFile,
  missingTable,
  requireSourceFolder,
  type SourceDigest,
  type SourceFile,
} from './sourceFiles.js';
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

/** Which of an adapter's parts a cohort needs. */
interface Selection {
  readonly adapter: IngestAdapter;
  readonly features: FeatureSet;
  readonly tables: readonly SourceTable[];
}

function select(adapter: IngestAdapter, features: FeatureSet, options: IngestOptions): Selection {
  const origins = new Set(
    features.concepts.flatMap((concept) => itemsIn(adapter, concept).map(({ origin }) => origin)),
  );
  const measurements = adapter.measurements.filter((one) => one.origins.some((origin) => origins.has(origin)));
  const drugs = features.drugs.length > 0 ? adapter.drugs : [];
  const events = options.form === 'events' ? adapter.events : [];
  const used = new Set([
    ...adapter.stays.tables,
    ...[...measurements, ...drugs, ...events].flatMap(({ tables }) => tables),
    ...options.labels.flatMap((name) => adapter.labels[name]!.tables),
  ]);
  return {
    adapter: { ...adapter, measurements, drugs, events },
    features,
    tables: adapter.tables.filter(({ name }) => used.has(name)),
  };
}

/** Finds the files of the tables and notes what is absent. @throws InputError on a needed table that is not there */
async function findFiles(
  { adapter, tables }: Selection,
  options: IngestOptions,
  note: (text: string) => void,
): Promise<ReadonlyMap<string, SourceFile>> {
  const found = new Map<string, SourceFile>();
  for (const table of tables) {
    const file = await findSourceFile(options.from, table, note);
    if (file !== null) found.set(table.name, file);
    else if (table.presence === 'needed') throw missingTable(options.from, table);
    else note(`table ${table.name} is absent: read as empty`);
  }
  const absent = (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => !found.has(name));
  for (const name of options.labels)
    if (absent(adapter.labels[name]!.tables))
      throw missingTable(options.from, tables.find((one) => one.name === adapter.labels[name]!.tables[0])!);
  const parts = [...adapter.measurements, ...adapter.drugs];
  if (parts.length > 0 && parts.every((part) => absent(part.tables)))
    throw missingTable(options.from, tables.find((one) => one.name === parts[0]!.tables[0])!);
  for (const source of adapter.events)
    if (absent(source.tables))
      throw missingTable(options.from, tables.find((one) => one.name === source.tables[0])!);
  return found;
}

function featureNotes({ adapter, features }: Selection, found: ReadonlyMap<string, SourceFile>): string[] {
  const unmeasured = features.concepts.filter((concept) => {
    const origins = itemsIn(adapter, concept).map(({ origin }) => origin);
    const present = adapter.measurements.filter(
      (one) => one.origins.some((origin) => origins.includes(origin)) && one.tables.some((table) => found.has(table)),
    );
    return present.length === 0;
  });
  return unmeasured.length === 0
    ? []
    : [`no source table for ${unmeasured.map(({ name }) => name).join(', ')}: never observed in this cohort`];
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
  const counts = await gatherMeasurements(database, adapter,
    features,
    options,
  );
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
  const sources: SourceDigest[] = [];
  for (const file of files.values()) sources.push(...(await digestSources(options.from, file)));
  return replaceFolder(options.out, 'cohort.json', async (folder) => {
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
        `SET VARIABLE window_minutes = ${windowMinutes}; SET VARIABLE step_minutes = ${stepMinutes}; SET VARIABLE grid_steps = ${steps};`,
      );
      for (const table of selection.tables)
        await createSourceView(database, table, files.get(table.name) ?? null);
      const trace = await collect(database, selection, options, windowMinutes);
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
          { ...trace, sources, notes },
        ),
      };
      await describe(schema, options.form === 'events' ? adapter : null, folder);
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
    } finally {
      database.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

async function describe(
  schema: CohortSchema,
  eventAdapter: IngestAdapter | null,
  folder: string,
): Promise<void> {
  const files: Record<string, string> = {};
  const names = ['dynamic.parquet', 'static.parquet', ...(eventAdapter === null ? [] : ['events.parquet'])];
  for (const name of names) files[name] = await fileHash(path.join(folder, name));
  await writeFile(
    path.join(folder, 'cohort.json'),
    formatCohortFile({
      schema,
      files,
      ...(eventAdapter === null ? {} : { tables: eventTables(eventAdapter) }),
    }),
  );
}
