import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { it } from 'vitest';
import { adapterById } from '../src/datasets/ingest/adapters.js';
import { ingest } from '../src/datasets/ingest/ingest.js';
import { median } from './median.js';
import { memoryPeak } from './memoryPeak.js';
import { record } from './results.js';
import { stopwatch, type Took } from './stopwatch.js';

/** Rows a stay are those of eICU-CRD 2.0: 195 laboratory results, 125 aperiodic vital signs, 100 lines of respiratory charting. */
const STAYS = Number(process.env['BENCH_INGEST_STAYS'] ?? 8000);
const ROUNDS = 3;
const THREADS = 2;
const BAR = { kind: 'at most', limit: 1.5 } as const;

/** The first eight are in the feature set; a release has 158, most of which nobody asks for. */
const LABS = [
  ...['creatinine', 'sodium', 'potassium', 'glucose', 'lactate', 'BUN', 'chloride', 'Hgb'],
  ...Array.from({ length: 32 }, (_, i) => `other analyte ${i}`),
];
/** Stays last some days, of which the window takes the first. */
const MINUTES = 5000;

const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join();

/** The columns of eICU-CRD 2.0 that a release has; numbers are invented. */
const TABLES: Readonly<Record<string, string>> = {
  patient: `SELECT i AS patientunitstayid, i AS patienthealthsystemstayid, if(hash(i) % 2 = 0, 'Female', 'Male') AS gender,
    CAST(18 + hash(i, 1) % 70 AS VARCHAR) AS age, 'Caucasian' AS ethnicity, hash(i, 2) % 60 AS hospitalid, 1 AS wardid, 165 AS admissionheight,
    if(hash(i, 3) % 10 = 0, 'Expired', 'Alive') AS hospitaldischargestatus, 'Med-Surg ICU' AS unittype, 1 AS unitvisitnumber, 70.5 AS admissionweight,
    ${MINUTES} + hash(i, 4) % 3000 AS unitdischargeoffset, 'p' || i AS uniquepid FROM range(${STAYS}) t(i)`,
  hospital: `SELECT i AS hospitalid, '100 - 249' AS numbedscategory, 'f' AS teachingstatus, ['Midwest', 'South', 'West', 'Northeast'][1 + i % 4] AS region FROM range(60) t(i)`,
  lab: `SELECT i * 195 + k AS labid, i AS patientunitstayid, hash(i, k) % ${MINUTES} AS labresultoffset, 1 AS labtypeid, [${listed(LABS)}][1 + k % ${LABS.length}] AS labname,
    round(1 + (hash(i, k, 1) % 1000) / 500.0, 2) AS labresult, CAST(labresult AS VARCHAR) AS labresulttext, 'mg/dL' AS labmeasurenamesystem, 'mg/dL' AS labmeasurenameinterface, labresultoffset + 40 AS labresultrevisedoffset
    FROM range(${STAYS}) t(i), range(195) u(k)`,
  vitalAperiodic: `SELECT i * 125 + k AS vitalaperiodicid, i AS patientunitstayid, k * 40 + hash(i, k) % 20 AS observationoffset, 90 + hash(i, k, 1) % 60 AS noninvasivesystolic, 50 + hash(i, k, 2) % 40 AS noninvasivediastolic,
    65 + hash(i, k, 3) % 40 AS noninvasivemean, NULL AS paop, NULL AS cardiacoutput, NULL AS cardiacinput, NULL AS svr, NULL AS svri, NULL AS pvr, NULL AS pvri FROM range(${STAYS}) t(i), range(125) u(k)`,
  respiratoryCharting: `SELECT i * 100 + k AS respchartid, i AS patientunitstayid, k * 50 AS respchartoffset, k * 50 AS respchartentryoffset, 'respFlowSettings' AS respcharttypecat,
    if(k % 10 = 0, 'FiO2', 'other setting ' || k % 10) AS respchartvaluelabel, CAST(21 + hash(i, k) % 70 AS VARCHAR) AS respchartvalue FROM range(${STAYS}) t(i), range(100) u(k)`,
};

async function database() {
  return (await DuckDBInstance.create(':memory:', { threads: String(THREADS) })).connect();
}

async function simulateTables(folder: string): Promise<number> {
  const connection = await database();
  for (const [name, sql] of Object.entries(TABLES))
    await connection.run(
      `COPY (${sql}) TO '${join(folder, `${name}.csv.gz`)}' (FORMAT csv, HEADER true, COMPRESSION gzip)`,
    );
  connection.closeSync();
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** What no reader can avoid: every file decompressed and cut into cells once. */
async function scan(folder: string): Promise<void> {
  const connection = await database();
  for (const name of await readdir(folder))
    await connection.run(
      `SELECT count(COLUMNS(*)) FROM read_csv('${join(folder, name)}', header = true, quote = '"', escape = '"', all_varchar = true)`,
    );
  connection.closeSync();
}

async function take(from: string, out: string): Promise<void> {
  await ingest(
    await adapterById('eicu'),
    {
      from,
      out,
      features: 'vitals-labs',
      hospitals: { kind: 'all' },
      labels: ['mortality'],
      adults: false,
      firstStay: false,
      form: 'grid',
      unknownUnits: 'drop',
      memory: '3GB',
      threads: THREADS,
    },
    () => undefined,
  );
}

it('ingest of eICU tables against a bare scan', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'fedehr-bench-ingest-'));
  try {
    const from = join(scratch, 'from');
    await mkdir(from);
    const bytes = await simulateTables(from);
    const ours: Took[] = [];
    const bare: Took[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await stopwatch(() => scan(from)));
      ours.push(await stopwatch(() => take(from, join(scratch, `cohort-${round}`))));
    }
    const own = median(ours.map(({ wall }) => wall));
    const ratio = median(ours.map(({ wall }, i) => wall / bare[i]!.wall));
    const byProcessor = median(ours.map(({ processor }, i) => processor / bare[i]!.processor));
    const share = bytes / own / memoryPeak();
    record({
      kind: 'time',
      suite: 'ingest',
      name: `fedehr ingest eicu, ${STAYS} stays, vitals-labs`,
      milliseconds: 1000 * own,
      of: 'clock',
      share: { of: 'memory', value: share, work: 'compressed bytes read' },
      ratio: { to: 'bare DuckDB scan of the same files', value: ratio, bar: BAR },
    });
    process.stdout.write(
      `\neICU tables of ${STAYS} simulated stays, ${(bytes / 1e6).toFixed(0)} MB of gzipped CSV, ${THREADS} threads, medians of ${ROUNDS} taken in turn\n` +
        `ingest ${own.toFixed(2)} s, bare scan ${median(bare.map(({ wall }) => wall)).toFixed(2)} s; ratio ${ratio.toFixed(2)} by the clock (bar ${BAR.limit}${ratio <= BAR.limit ? '' : ', NOT MET'}), ${byProcessor.toFixed(2)} of processor\n\n`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
