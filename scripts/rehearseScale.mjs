// Full-size rehearsal: the eICU demo multiplied to 200,000 stays with new ids, then ingested, against merely scanning the
// same files with DuckDB. Like a release, the folder has a SHA256SUMS.txt.
//   node scripts/rehearseScale.mjs <shared data folder> [copies, default 80]
// Needs a build (npm run build), about 2 GB in the temporary folder and some minutes. Everything is deleted afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { DuckDBInstance } from '@duckdb/node-api';

import { adapterById } from '../dist/datasets/ingest/adapters.js';
import { ingest } from '../dist/datasets/ingest/ingest.js';

const threads = 2;
const settings = {
  'vitals-labs': { labels: ['mortality'], tables: 'patient hospital lab vitalaperiodic respiratorycharting' },
  'drugs-labs': {
    labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
    tables:
      'patient hospital lab medication infusiondrug treatment respiratorycare respiratorycharting diagnosis',
  },
};

async function multiply(data, copies, to) {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: String(threads) })).connect();
  const wanted = new Set(Object.values(settings).flatMap(({ tables }) => tables.split(' ')));
  const from = path.join(data, 'eicu-demo-2.0.1');
  for (const name of readdirSync(from).filter((file) => file.endsWith('.csv.gz'))) {
    const table = name.split('.')[0];
    if (!wanted.has(table.toLowerCase())) continue;
    const source = `read_csv('${path.join(from, name)}', header = true, quote = '"', escape = '"', all_varchar = true)`;
    const columns = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`))
      .getRows()
      .map(([column]) => column);
    const cells = columns.map((column) => {
      if (['patientunitstayid', 'patienthealthsystemstayid'].includes(column))
        return `CAST(CAST(${column} AS BIGINT) + copy * 10000000 AS VARCHAR) AS ${column}`;
      return column === 'uniquepid' ? `${column} || '-' || copy AS ${column}` : column;
    });
    const copied =
      table === 'hospital'
        ? `SELECT * FROM ${source}`
        : `SELECT ${cells.join(', ')} FROM range(${copies}) t(copy), ${source}`;
    await connection.run(
      `COPY (${copied}) TO '${path.join(to, `${table}.csv.gz`)}' (FORMAT csv, HEADER true, COMPRESSION gzip)`,
    );
  }
}

async function scan(from, features) {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: String(threads) })).connect();
  const wanted = new Set(settings[features].tables.split(' '));
  for (const name of readdirSync(from)) {
    if (!wanted.has(name.split('.')[0].toLowerCase())) continue;
    await connection.run(
      `SELECT count(COLUMNS(*)) FROM read_csv('${path.join(from, name)}', header = true, quote = '"', escape = '"', all_varchar = true)`,
    );
  }
}

async function take(from, features, out) {
  const result = await ingest(
    await adapterById('eicu'),
    {
      from,
      out,
      features,
      hospitals: { kind: 'all' },
      labels: settings[features].labels,
      adults: false,
      firstStay: false,
      form: 'grid',
      unknownUnits: 'error',
      memory: '3GB',
      threads,
    },
    () => undefined,
  );
  console.log(
    JSON.stringify({ stays: result.stays, patients: result.patients, hospitals: result.hospitals }),
  );
}

/** Runs one part in a process of its own and measures its time, processor time and peak memory. */
function measured(...parts) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--part', ...parts], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${parts[0]} failed`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1));
}

const megabytes = (bytes) => Math.round(bytes / 1e6);

if (process.argv[2] === '--part') {
  const [part, from, features, out] = process.argv.slice(3);
  const started = performance.now();
  if (part === 'scan') await scan(from, features);
  else await take(from, features, out);
  const { user, system } = process.cpuUsage();
  console.log(
    JSON.stringify({
      seconds: (performance.now() - started) / 1000,
      processor: (user + system) / 1e6,
      peak: process.resourceUsage().maxRSS * 1024,
    }),
  );
} else {
  const data = process.argv[2];
  if (data === undefined)
    throw new Error('usage: node scripts/rehearseScale.mjs <shared data folder> [copies]');
  const copies = Number(process.argv[3] ?? 80);
  const scratch = mkdtempSync(path.join(tmpdir(), 'rehearse-scale-'));
  try {
    const from = path.join(scratch, 'eicu');
    mkdirSync(from);
    await multiply(data, copies, from);
    const sums = readdirSync(from).map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(path.join(from, name)))
          .digest('hex')} ${name}`,
    );
    writeFileSync(path.join(from, 'SHA256SUMS.txt'), `${sums.join('\n')}\n`);
    const bytes = readdirSync(from).reduce((sum, name) => sum + statSync(path.join(from, name)).size, 0);
    console.log(`${copies} copies: ${2520 * copies} stays, ${megabytes(bytes)} MB gzipped`);
    let failed = false;
    for (const features of Object.keys(settings)) {
      // Scanned before and after, of which the faster counts: other work on the machine must not flatter the ingest.
      const before = measured('scan', from, features);
      const out = path.join(scratch, features);
      const taken = measured('ingest', from, features, out);
      const after = measured('scan', from, features);
      const scanned = before.seconds < after.seconds ? before : after;
      const ratio = taken.seconds / scanned.seconds;
      const size = readdirSync(out).reduce((sum, name) => sum + statSync(path.join(out, name)).size, 0);
      console.log(
        `${features}: scan ${scanned.seconds.toFixed(1)} s; ingest ${taken.seconds.toFixed(1)} s = ${ratio.toFixed(2)}×, peak memory ${megabytes(taken.peak)} MB; cohort ${megabytes(size)} MB`,
      );
      // Hardly moved by other work on the machine.
      console.log(
        `  processor seconds: scan ${scanned.processor.toFixed(1)}; ingest ${taken.processor.toFixed(1)} = ${(taken.processor / scanned.processor).toFixed(2)}×`,
      );
      failed ||= ratio > 3 || taken.peak > 6e9;
    }
    process.exitCode = failed ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
