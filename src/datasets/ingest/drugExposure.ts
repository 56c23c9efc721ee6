import type { IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { bracketed, sqlBeside } from './sqlFile.js';

const here = sqlBeside(import.meta.url);

/**
 * Fills `exposed` (stay_row, step, feature): every step in which a drug was active. `documented_drugs` lists the
 * hospitals that document drugs at all; elsewhere drugs are unknown, not absent.
 */
export async function gatherDrugs(database: IngestDatabase, adapter: IngestAdapter): Promise<void> {
  await database.run(`
    CREATE TABLE exposed (stay_row INTEGER, step INTEGER, feature USMALLINT);
    CREATE TABLE documented_drugs (hospital_id VARCHAR);`);
  for (const source of adapter.drugs) {
    const query = bracketed(await adapter.sql(source.sql));
    await database.run(
      `CREATE OR REPLACE TABLE exposure AS
       SELECT s.stay_row, q.first_minute, q.last_minute, q.drug FROM ${query} q JOIN stays s ON s.stay = q.stay`,
    );
    await database.run(await here('exposed.sql'));
  }
  await database.run('DROP TABLE IF EXISTS exposure');
}
