import type { DrugSource } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { sqlQuery, sqlScript } from './sqlFile.js';

const here = new URL('./', import.meta.url);

/**
 * Adds the drug features to `cells`: 1 in every step in which the drug was active. `documented_drugs` lists the
 * hospitals that document drugs at all; elsewhere drugs are unknown, not absent.
 */
export async function gatherDrugs(
  database: IngestDatabase,
  folder: URL,
  sources: readonly DrugSource[],
): Promise<void> {
  await database.run(`
    CREATE TABLE exposed (stay_row INTEGER, step INTEGER, feature USMALLINT);
    CREATE TABLE documented_drugs (hospital_id VARCHAR);`);
  for (const source of sources) {
    await database.run(`CREATE OR REPLACE VIEW exposure AS ${await sqlQuery(folder, source.sql)}`);
    await database.run(await sqlScript(here, 'exposed.sql'));
  }
}
