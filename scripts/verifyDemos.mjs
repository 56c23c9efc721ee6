// Ingests the whole open demos and checks their published counts.
//   node scripts/verifyDemos.mjs <shared data folder>
// Needs a build (npm run build). Exits 1 when a count differs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { readCohort } from '../dist/cohort/readCohort.js';
import { splitCohort } from '../dist/cohort/split.js';
import { adapterById } from '../dist/datasets/ingest/adapters.js';
import { ingest } from '../dist/datasets/ingest/ingest.js';

const data = process.argv[2];
if (data === undefined) throw new Error('usage: node scripts/verifyDemos.mjs <shared data folder>');
const scratch = mkdtempSync(path.join(tmpdir(), 'verify-demos-'));
let wrong = 0;

function check(what, found, expected) {
  const same = JSON.stringify(found) === JSON.stringify(expected);
  if (!same) wrong += 1;
  console.log(
    `${same ? 'ok   ' : 'WRONG'} ${what}: ${JSON.stringify(found)}${same ? '' : `, expected ${JSON.stringify(expected)}`}`,
  );
}

async function cohortOf(dataset, folder, name, options = {}) {
  const out = path.join(scratch, name);
  await ingest(
    await adapterById(dataset),
    {
      from: path.join(data, folder),
      out,
      features: 'vitals-labs',
      hospitals: { kind: 'all' },
      labels: ['mortality'],
      adults: false,
      firstStay: false,
      form: 'grid',
      unknownUnits: 'error',
      memory: '3GB',
      threads: 2,
      ...options,
    },
    () => undefined,
  );
  return readCohort(out);
}

const patients = (cohort) => new Set(cohort.patients).size;
const provided = (cohort) => cohort.schema.provenance.attrition[0];
const positives = (cohort, label) => {
  const width = cohort.schema.labels.length;
  const index = cohort.schema.labels.findIndex(({ name }) => name === label);
  let count = 0;
  for (let stay = 0; stay < cohort.size; stay++) count += cohort.labels[stay * width + index];
  return count;
};
const staysBy = (cohort) => provided(cohort).hospitals;

/** Counts of (patient, step, value) that only one of two cohorts has. */
async function differences(first, second, features) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const cells = (name) =>
    features
      .map(
        (feature) =>
          `SELECT patient_id, t, '${feature}' AS feature, round("${feature}", 3) AS value FROM read_parquet('${path.join(scratch, name, 'dynamic.parquet')}') WHERE "${feature}" IS NOT NULL`,
      )
      .join(' UNION ALL ');
  const count = async (sql) => Number((await connection.runAndReadAll(sql)).getRows()[0][0]);
  return {
    cells: await count(`SELECT count(*) FROM (${cells(first)})`),
    onlyFirst: await count(`SELECT count(*) FROM ((${cells(first)}) EXCEPT ALL (${cells(second)}))`),
    onlySecond: await count(`SELECT count(*) FROM ((${cells(second)}) EXCEPT ALL (${cells(first)}))`),
  };
}

try {
  const eicu = await cohortOf('eicu', 'eicu-demo-2.0.1', 'eicu', {
    labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
  });
  check('eICU stays in the source', provided(eicu).remaining, 2520);
  check('eICU hospitals in the source', Object.keys(staysBy(eicu)).length, 186);
  check('eICU stays with a length, patients', [eicu.size, patients(eicu)], [2508, 1841]);
  check('eICU hospital deaths (stays)', positives(eicu, 'mortality'), 212);
  const regions = await cohortOf('eicu', 'eicu-demo-2.0.1', 'eicu-regions', { hospitalBy: 'region' });
  check('eICU stays by region', staysBy(regions), {
    Midwest: 807,
    Northeast: 159,
    South: 738,
    Unknown: 210,
    West: 606,
  });
  const cells = await cohortOf('eicu', 'eicu-demo-2.0.1', 'eicu-cells', { hospitalBy: 'region,beds' });
  check(
    'eICU stays by region and beds, known cells',
    Object.entries(staysBy(cells))
      .filter(([name]) => !name.includes('Unknown'))
      .map(([, stays]) => stays)
      .sort((a, b) => b - a),
    [280, 280, 241, 202, 176, 145, 143, 138, 98, 93, 80, 63, 57, 46, 28, 22],
  );
  const hospitalsOf = new Map();
  eicu.patients.forEach((patient, stay) => {
    if (!hospitalsOf.has(patient)) hospitalsOf.set(patient, new Set());
    hospitalsOf.get(patient).add(eicu.hospital[stay]);
  });
  check(
    'eICU patients in two hospitals',
    [...hospitalsOf.values()].filter(({ size }) => size > 1).length,
    19,
  );
  let torn = 0;
  for (let seed = 0; seed < 5; seed++) {
    const parts = splitCohort(regions, { train: 0.6, holdout: 0.2, reference: 0.2 }, seed);
    const sets = [parts.train, parts.holdout, parts.reference].map((part) => new Set(part.patients));
    torn += [...sets[0]].filter((one) => sets[1].has(one) || sets[2].has(one)).length;
    torn += [...sets[1]].filter((one) => sets[2].has(one)).length;
  }
  check('eICU patients on both sides of a split (5 seeds)', torn, 0);
  const events = await cohortOf('eicu', 'eicu-demo-2.0.1', 'eicu-events', {
    form: 'events',
    windowMinutes: 720,
    adults: true,
    firstStay: true,
  });
  check('eICU event cohort stays > 0', events.size > 0, true);

  const mimic3 = await cohortOf('mimic3', 'mimic-iii-demo-1.4', 'mimic3', {
    labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
  });
  check('MIMIC-III stays, patients', [mimic3.size, patients(mimic3)], [136, 100]);
  const systems = await cohortOf('mimic3', 'mimic-iii-demo-1.4', 'mimic3-systems', {
    hospitalBy: 'dbsource',
  });
  check('MIMIC-III stays by charting system', staysBy(systems), { carevue: 59, metavision: 77 });
  const units = await cohortOf('mimic3', 'mimic-iii-demo-1.4', 'mimic3-units', { hospitalBy: 'unit' });
  check('MIMIC-III stays by care unit', staysBy(units), { CCU: 19, CSRU: 6, MICU: 77, SICU: 23, TSICU: 11 });

  const mimic4 = await cohortOf('mimic4', 'mimic-iv-demo-2.2', 'mimic4', {
    labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
  });
  check('MIMIC-IV stays, patients', [mimic4.size, patients(mimic4)], [140, 100]);
  const mimic4Units = await cohortOf('mimic4', 'mimic-iv-demo-2.2', 'mimic4-units', { hospitalBy: 'unit' });
  check(
    'MIMIC-IV stays by care unit',
    Object.values(staysBy(mimic4Units)).sort((a, b) => b - a),
    [29, 29, 25, 23, 16, 13, 3, 1, 1],
  );
  await cohortOf('mimic4', 'mimic-iv-demo-2.2', 'mimic4-events', {
    form: 'events',
    windowMinutes: 720,
    adults: true,
    firstStay: true,
  });

  const meds = await cohortOf('meds', 'mimic-iv-demo-meds-0.0.1', 'meds', { labels: ['mortality', 'los3'] });
  check('MEDS stays, patients', [meds.size, patients(meds)], [140, 100]);
  check('MEDS deaths as in MIMIC-IV', positives(meds, 'mortality'), positives(mimic4, 'mortality'));
  check('MEDS long stays as in MIMIC-IV', positives(meds, 'los3'), positives(mimic4, 'los3'));
  const labs = ['crea', 'bun', 'na', 'k', 'wbc', 'plt', 'hgb', 'lact', 'ph', 'po2', 'glu', 'bicar'];
  const { cells: compared, onlyFirst, onlySecond } = await differences('mimic4', 'meds', labs);
  check(`MEDS laboratory cells as in MIMIC-IV (${compared} cells)`, [onlyFirst, onlySecond], [0, 0]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(wrong === 0 ? 'all counts hold' : `${wrong} counts differ`);
process.exitCode = wrong === 0 ? 0 : 1;
