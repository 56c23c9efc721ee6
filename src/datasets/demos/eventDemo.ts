import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { formatCohortFile } from '../../cohort/cohortFile.js';
import { fileHash } from '../../cohort/cohortTables.js';
import { readCohort, readDescription } from '../../cohort/readCohort.js';
import { replaceFolder } from '../../cohort/replaceFolder.js';
import { openDatabase, sqlFile, sqlName, sqlText, type Database } from '../../cohort/table/duckdb.js';
import type { Cohort, CohortSchema, Provenance } from '../../cohort/types.js';
import { joinSmallSteps } from '../describe/describeAttrition.js';
import { describeCohort } from '../describe/describeCohort.js';
import { writeDatasheet } from '../describe/writeDatasheet.js';
import type { IngestAdapter } from '../ingest/adapter.js';
import { ingest } from '../ingest/ingest.js';
import type { IngestOptions } from '../ingest/ingestOptions.js';
import { newPatientIds } from '../newPatientIds.js';
import type { ShippedPapers } from '../shippedFolder.js';

/** A demo in event form, made by the ingest that users have. */
export interface EventDemo {
  readonly id: string;
  readonly adapter: IngestAdapter;
  readonly options: Omit<IngestOptions, 'from' | 'out' | 'form' | 'memory' | 'threads'>;
  readonly provenance: Pick<Provenance, 'source' | 'licence' | 'citation'>;
}

const tables = ['dynamic', 'static', 'events'] as const;

/** Creates `renumbered`: source ids of every stay beside new ones; stays are numbered by new patient id. */
async function renumber({ connection }: Database, folder: string, id: string): Promise<void> {
  const file = sqlFile(path.join(folder, 'static.parquet'));
  const reader = await connection.runAndReadAll(
    `SELECT patient_id, stay_id FROM read_parquet(${file}) ORDER BY CAST(stay_id AS BIGINT)`,
  );
  const rows = reader.getRows().map(([patient, stay]) => [String(patient), String(stay)] as const);
  const patients = newPatientIds(
    rows.map(([patient]) => patient),
    'P',
    id,
  );
  const order = [...rows.keys()].sort((a, b) =>
    patients[a] === patients[b] ? a - b : patients[a]! < patients[b]! ? -1 : 1,
  );
  const values = order.map(
    (row, position) => `(${sqlText(rows[row]![1])}, ${sqlText(patients[row]!)}, ${position + 1})`,
  );
  await connection.run(
    `CREATE TABLE renumbered AS SELECT * FROM (VALUES ${values.join(', ')}) AS n(source_stay, new_patient, new_stay)`,
  );
}

/** Features that some stay has. */
async function observedFeatures(
  { connection }: Database,
  folder: string,
  schema: CohortSchema,
): Promise<readonly string[]> {
  const file = sqlFile(path.join(folder, 'dynamic.parquet'));
  const counts = schema.features.map(({ name }) => `count(${sqlName(name)})`).join(', ');
  const [row] = (await connection.runAndReadAll(`SELECT ${counts} FROM read_parquet(${file})`)).getRows();
  return schema.features.flatMap(({ name }, index) => (Number(row?.[index] ?? 0) > 0 ? [name] : []));
}

async function copyTables(
  { connection }: Database,
  from: string,
  to: string,
  dropped: readonly string[],
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const table of tables) {
    const name = `${table}.parquet`;
    const excluded = ['patient_id', 'hospital_id', 'stay_id', ...(table === 'dynamic' ? dropped : [])];
    const order = {
      dynamic: 'n.new_stay, s.t',
      static: 'n.new_stay',
      events: 'n.new_stay, s.file_row_number',
    }[table];
    await connection.run(
      `COPY (
        SELECT n.new_patient AS patient_id, s.hospital_id, CAST(n.new_stay AS VARCHAR) AS stay_id,
          s.* EXCLUDE (${[...excluded, 'file_row_number'].map(sqlName).join(', ')})
        FROM read_parquet(${sqlFile(path.join(from, name))}, file_row_number = true) s
        JOIN renumbered n ON n.source_stay = s.stay_id
        ORDER BY ${order}
      ) TO ${sqlFile(path.join(to, name))}
      (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 122880)`,
    );
    files[name] = await fileHash(path.join(to, name));
  }
  return files;
}

/** The schema as it ships: without features that nobody has, and without counts of inclusion steps that tell of few. */
function shippedSchema(schema: CohortSchema, demo: EventDemo, kept: readonly string[]): CohortSchema {
  const { attrition, sourceFiles, ...provenance } = schema.provenance;
  return {
    ...schema,
    name: demo.id,
    features: schema.features.filter(({ name }) => kept.includes(name)),
    provenance: {
      ...provenance,
      ...demo.provenance,
      createdBy: `fedehr-bench, fedehr ingest ${demo.adapter.id} and new ids, version 1`,
      attrition: joinSmallSteps(attrition ?? []).map(({ step, remaining }) => ({ step, remaining })),
      ...(sourceFiles === undefined ? {} : { sourceFiles }),
    },
  };
}

/**
 * Makes the folder of a demo in event form: grid, statics and events, with new patient and stay ids, datasheet and papers.
 *
 * @throws InputError when tables are missing or unreadable
 */
export async function shipEventDemo(
  from: string,
  out: string,
  demo: EventDemo,
  papers: ShippedPapers,
): Promise<Cohort> {
  const work = await mkdtemp(path.join(tmpdir(), 'fedehr-demo-'));
  try {
    const ingested = path.join(work, 'cohort');
    await ingest(
      demo.adapter,
      { ...demo.options, from, out: ingested, form: 'events', memory: '2GB', threads: 1 },
      () => undefined,
    );
    const { schema, tables: eventTables, grid } = await readDescription(ingested);
    return await replaceFolder(out, 'cohort.json', async (temporary) => {
      const database = await openDatabase({ folders: [ingested, temporary] });
      try {
        await renumber(database, ingested, demo.id);
        const kept = await observedFeatures(database, ingested, schema);
        const dropped = schema.features.map(({ name }) => name).filter((name) => !kept.includes(name));
        const files = await copyTables(database, ingested, temporary, dropped);
        await writeFile(
          path.join(temporary, 'cohort.json'),
          formatCohortFile({
            schema: shippedSchema(schema, demo, kept),
            files,
            ...(eventTables === undefined ? {} : { tables: eventTables }),
            ...(grid === undefined ? {} : { grid: grid.filter(({ feature }) => kept.includes(feature)) }),
          }),
        );
      } finally {
        database.close();
      }
      const cohort = await readCohort(temporary);
      await writeDatasheet(describeCohort(cohort), temporary, papers.notes);
      for (const [name, text] of Object.entries(papers.texts))
        await writeFile(path.join(temporary, name), text);
      return cohort;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
