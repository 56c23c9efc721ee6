// Compares laboratory values of an ingested eICU or MIMIC-III demo cohort with YAIB's independently derived hourly tables.
//   node scripts/compareYaib.mjs <shared data folder> [eicu | mimic3]
// Needs a build (npm run build). Prints one line a variable, the classes of difference and the share of equal cells.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { adapterById } from '../dist/datasets/ingest/adapters.js';
import { ingest } from '../dist/datasets/ingest/ingest.js';

const labs =
  `alb alp alt ast bicar bili bili_dir bnd bun ca cai ck ckmb cl crea crp fgn glu hgb inr_pt k lact lymph mch mchc
  mcv methb mg na neut pco2 ph phos plt po2 ptt tnt wbc be`
    .split(/\s+/)
    .filter(Boolean);

const sources = {
  eicu: { folder: 'eicu-demo-2.0.1', yaib: 'eicu_demo', labs: 'lab*.csv.gz', stay: 'patientunitstayid' },
  mimic3: { folder: 'mimic-iii-demo-1.4', yaib: 'mimic_demo', labs: 'ICUSTAYS.csv.gz', stay: 'icustay_id' },
};
const data = process.argv[2];
const dataset = process.argv[3] ?? 'eicu';
const source = sources[dataset];
if (data === undefined || source === undefined)
  throw new Error('usage: node scripts/compareYaib.mjs <shared data folder> [eicu | mimic3]');
const scratch = mkdtempSync(path.join(tmpdir(), 'compare-yaib-'));
try {
  const out = path.join(scratch, dataset);
  const from = path.join(data, source.folder);
  await ingest(
    await adapterById(dataset),
    {
      from,
      out,
      features: 'vitals-labs',
      windowMinutes: 168 * 60,
      stepMinutes: 60,
      hospitals: { kind: 'all' },
      labels: ['mortality'],
      adults: false,
      firstStay: false,
      form: 'grid',
      unknownUnits: 'error',
      memory: '3GB',
      threads: 2,
    },
    () => undefined,
  );
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  await connection.run(`
    CREATE VIEW ours AS SELECT CAST(stay_id AS BIGINT) AS stay, t, * EXCLUDE (patient_id, hospital_id, stay_id, t)
      FROM read_parquet('${out}/dynamic.parquet');
    CREATE VIEW yaib AS SELECT stay_id AS stay, time // 3600 AS t, * EXCLUDE (stay_id, time)
      FROM read_parquet('${data}/yaib-demo/demo_data/los/${source.yaib}/dyn.parquet');
    CREATE TABLE stays AS SELECT DISTINCT stay FROM ours SEMI JOIN yaib USING (stay)
      WHERE stay IN (SELECT ${source.stay} FROM read_csv('${from}/${source.labs}', quote = '"', escape = '"'));`);
  const [[common]] = await rows('SELECT count(*) FROM stays');
  console.log(`stays with laboratory rows in both: ${common}`);
  console.log('variable      both     equal  different  only here  only YAIB');
  const total = [0, 0, 0, 0, 0];
  for (const lab of labs) {
    const [counts] = await rows(`
      SELECT count(*) FILTER (a IS NOT NULL AND b IS NOT NULL),
        count(*) FILTER (abs(a - b) <= 1e-5 * greatest(1, abs(b))),
        count(*) FILTER (abs(a - b) > 1e-5 * greatest(1, abs(b))),
        count(*) FILTER (a IS NOT NULL AND b IS NULL), count(*) FILTER (a IS NULL AND b IS NOT NULL)
      FROM (SELECT o."${lab}" AS a, y."${lab}" AS b FROM ours o JOIN yaib y USING (stay, t) JOIN stays USING (stay))`);
    const n = counts.map(Number);
    n.forEach((one, i) => (total[i] += one));
    console.log([lab.padEnd(9), ...n.map((one) => String(one).padStart(9))].join(' '));
  }
  console.log(['all'.padEnd(9), ...total.map((one) => String(one).padStart(9))].join(' '));
  console.log(
    `cells that both have: ${total[0]}, equal: ${((100 * total[1]) / total[0]).toFixed(3)} %; of all cells that either has: ${((100 * total[1]) / (total[0] + total[3] + total[4])).toFixed(3)} %`,
  );
  if (total[1] < 0.99 * total[0]) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
