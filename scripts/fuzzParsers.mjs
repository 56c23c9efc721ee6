// Feeds the parsers of the product what they were not made for: `npm run build && node scripts/fuzzParsers.mjs [cases] [seed]` (default 100000, 1).
// Every case must end in a value or in an InputError that names a file or place, soon; anything else is a finding and makes the exit code 1.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { eventRows, staticsOfEvents, tableOf } from './fuzz/eventRows.mjs';
import { fed } from './fuzz/fed.mjs';
import { damaged, edited, textOf } from './fuzz/texts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const valid = path.join(root, 'test', 'fixtures', 'malformed', 'valid');
const validEvents = path.join(root, 'test', 'fixtures', 'malformed', 'valid-events');
const text = (name, folder = valid) => readFileSync(path.join(folder, name), 'utf8');

const suite = `name: base
datasets: [{ path: valid, steps: 3, label: death }, { id: simulated, parameters: { hospitals: 2 } }]
split: { train: 0.5, holdout: 0.3, reference: 0.2, by: patient, seed: 1 }
trainers:
  - { id: fedavg, variant: small, parameters: { tcvae: { rounds: 2 } }, matrix: { tcvae.rounds: [1, 2], tcvae.z: [4] } }
references: [copy, holdout]
seeds: [0, 1]
metrics: fast
primary: [{ metric: marginal.ks, margin: 0.1 }]
`;
const rounds = [
  '{"kind":"round","round":3,"loss":0.2}',
  '{"kind":"round","stage":"vae","round":1,"rounds":9,"loss":-1e3,"hospital":"A","monitors":{"kl":0.1}}',
].join('\n');
const journal =
  '{"time":"2026-01-01T00:00:00Z","job":"train a","kind":"job-finished","key":"sha256:0","reused":false,"seconds":1}\n';

/**
 * @param parsers `parseCohortFile`, `parseSuite`, `expandVariants`, `ProgramEvents`, `pastJobs`, `readCohort`, `readEvents`, `requireConsistent`, `requireEvents`, `InputError` of the product
 * @param cases number of cases of the texts; a fiftieth as many tables are read as files
 * @returns per target: cases, refused ones, the slowest in milliseconds; targets whose refusals are counted begin with an input that is right and one that is wrong
 * @throws what fast-check found, shrunk
 */
export async function fuzz(parsers, cases, seed) {
  const results = [];
  const check = async (target, share, arbitrary, parse, known = []) => {
    const plan = { cases: Math.max(1, Math.round(cases * share)), seed, known };
    results.push({ target, ...(await fed(parsers.InputError, parse, arbitrary, plan)) });
  };
  const cohort = JSON.parse(text('cohort.json'));
  await check('cohort.json', 0.2, textOf(text('cohort.json'), cohort), (input) =>
    parsers.parseCohortFile(input, 'cohort.json'),
  );
  const eventText = text('cohort.json', validEvents);
  await check('cohort.json with events', 0.15, textOf(eventText, JSON.parse(eventText)), (input) =>
    parsers.parseCohortFile(input, 'cohort.json'),
  );
  const described = parsers.parseCohortFile(eventText, 'cohort.json');
  await check(
    'rows of events',
    0.2,
    eventRows,
    async (input) => {
      const { schema, tables, grid } = described;
      const read = await parsers.readEvents(
        tableOf(input),
        schema,
        tables,
        grid,
        staticsOfEvents,
        'static.csv',
      );
      if (read.minute.length !== input.rows.length) throw new Error('an event was lost');
      parsers.requireEvents(read, schema, 4, 'fuzzed', (place, expected, found) => {
        throw new Error(`accepted although ${place}: expected ${expected}, found ${found}`);
      });
    },
    [
      { rows: [], chunk: 1, without: null },
      { rows: [], chunk: 1, without: 'minute' },
    ],
  );
  await check(
    'suite',
    0.2,
    textOf(suite),
    (input) => parsers.expandVariants(parsers.parseSuite(input, 'suite.yaml').trainers),
    [suite, ''],
  );
  const take = (input, pieces) => {
    const kept = [];
    const lines = new parsers.ProgramEvents(['A', 'B'], (event) => kept.push(event));
    const bytes = Buffer.from(input);
    for (let at = 0; at < bytes.length; at += pieces) lines.take(bytes.subarray(at, at + pieces));
    lines.end();
    for (const event of kept)
      if (!Number.isFinite(event.loss) || !Number.isInteger(event.round) || event.rounds < event.round)
        throw new Error(`a wrong event: ${JSON.stringify(event)}`);
  };
  await check(
    'events of a program',
    0.23,
    fc.tuple(textOf(rounds), fc.integer({ min: 1, max: 200 })),
    ([input, pieces]) => take(input, pieces),
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'fedehr-fuzz-'));
  try {
    await writeFile(path.join(folder, 'cohort.json'), text('cohort.json'));
    await check(
      'tables (CSV)',
      0.01,
      fc
        .constantFrom('dynamic', 'static')
        .chain((stem) =>
          edited(text(`${stem}.csv`), { minLength: 0, maxLength: 4 }).map((content) => ({ stem, content })),
        ),
      async ({ stem, content }) => {
        for (const name of ['dynamic', 'static'])
          await writeFile(path.join(folder, `${name}.csv`), name === stem ? content : text(`${name}.csv`));
        await parsers.readCohort(folder);
      },
    );
    await rm(path.join(folder, 'dynamic.csv'));
    await writeFile(path.join(folder, 'static.csv'), text('static.csv'));
    await check('tables (gzip)', 0.005, damaged(gzipSync(text('dynamic.csv'))), async (bytes) => {
      await writeFile(path.join(folder, 'dynamic.csv.gz'), bytes);
      await parsers.readCohort(folder);
    });
    const events = path.join(folder, 'events');
    await mkdir(events);
    for (const name of ['cohort.json', 'static.csv', 'dynamic.csv', 'events.parquet'])
      await writeFile(path.join(events, name), readFileSync(path.join(validEvents, name)));
    const eventBytes = readFileSync(path.join(validEvents, 'events.parquet'));
    await check(
      'events.parquet',
      0.005,
      damaged(eventBytes),
      async (bytes) => {
        await writeFile(path.join(events, 'events.parquet'), bytes);
        parsers.requireConsistent(await parsers.readCohort(events), 'fuzzed');
      },
      [eventBytes, eventBytes.subarray(0, -1)],
    );
    const run = path.join(folder, 'runs', 'one');
    await mkdir(run, { recursive: true });
    await check('events.jsonl', 0.005, textOf(journal), async (input) => {
      await writeFile(path.join(run, 'events.jsonl'), input);
      await parsers.pastJobs(path.join(folder, 'runs'));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [cases = '100000', seed = '1'] = process.argv.slice(2);
  const from = async (file) => import(new URL(`../dist/${file}`, import.meta.url).href);
  const parsers = Object.assign(
    {},
    ...(await Promise.all(
      [
        'cohort/cohortFile.js',
        'cohort/inputError.js',
        'cohort/readCohort.js',
        'cohort/validate.js',
        'cohort/events/readEvents.js',
        'cohort/events/requireEvents.js',
        'suite/readSuite.js',
        'suite/variants.js',
        'trainers/external/programEvents.js',
        'run/pastJobs.js',
      ].map(from),
    )),
  );
  const begin = performance.now();
  console.table(await fuzz(parsers, Number(cases), Number(seed)));
  console.log(`${((performance.now() - begin) / 1000).toFixed(0)} s, no finding`);
}
