import type { IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { bracketed, sqlBeside } from './sqlFile.js';

const here = sqlBeside(import.meta.url);

/**
 * Adds the drug features to `cells`: 1 in every step in which the drug was active. `documented_drugs` lists the
 * hospitals that document drugs at all; elsewhere drugs are unknown, not absent.
 */
export async function gatherDrugs(
  database: IngestDatabase,
  adapter: IngestAdapter,
): Promise<void> {
  await database.run(`
    CREATE TABLE exposed (stay_row INTEGER, step INTEGER, feature USMALLINT);
    CREATE TABLE documented_drugs (hospital_id VARCHAR);`);
  for (const source of adapter.drugs) {
    await database.run(`CREATE OR REPLACE VIEW exposure AS ${bracketed(await adapter.sql(source.sql))}`);
    await database.run(await here('exposed.sql'));
  }
}
