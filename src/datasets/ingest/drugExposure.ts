import type { IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import { sideBySide } from './sideBySide.js';
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
  await sideBySide(database, adapter.drugs, async (connection, source) => {
    const query = bracketed(await adapter.sql(source.sql));
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE exposure AS
       SELECT s.stay_row, q.first_minute, q.last_minute, q.drug FROM ${query} q JOIN stays s ON s.stay = q.stay`,
    );
    await connection.run(await here('exposed.sql'));
    await connection.run('DROP TABLE exposure');
  });
}
