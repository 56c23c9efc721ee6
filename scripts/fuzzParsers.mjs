// Feeds the parsers of the product what they were not made for: `npm run build && node scripts/fuzzParsers.mjs [cases] [seed]` (default 100000, 1).
// Every case must end in a value or in an InputError that names a file or place, soon; anything else is a finding and makes the exit code 1.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

const root = fileURLToPath(new URL('..', import.meta.url));
const valid = path.join(root, 'test', 'fixtures', 'malformed', 'valid');
const validEvents = path.join(root, 'test', 'fixtures', 'malformed', 'valid-events');
const text = (name, folder = valid) => readFileSync(path.join(folder, name), 'utf8');

/** More processor time than this on a text of a few kilobytes counts as a hang; a busy machine does not. */
const PATIENCE_MILLISECONDS = 5000;

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

const odd = fc.constantFrom(
  '\0',
  '"',
  '\\',
  '\n',
  '\r',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '-',
  '*',
  '&',
  '!',
  '|',
  '>',
  '%',
  '<<',
  '__proto__',
  'constructor',
  'null',
  '1e999',
  '-0',
  'NaN',
  '../',
  '/',
  '\ud800',
  '\u202e',
  '😀',
  '\ufeff',
  '9'.repeat(400),
  '['.repeat(3000),
  '- '.repeat(1500),
  '  ',
  '',
);
const edit = fc.tuple(
  fc.nat(),
  fc.nat(40),
  fc.oneof(odd, fc.string({ maxLength: 8, unit: 'binary' }), fc.constant(null)),
);

/** A text with some places cut, repeated or written over. */
const edited = (base) =>
  fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
    edits.reduce((now, [at, length, put]) => {
      const from = now.length === 0 ? 0 : at % now.length;
      const piece = now.slice(from, from + length);
      return put === null
        ? now.slice(0, from) + piece + piece + now.slice(from)
        : now.slice(0, from) + put + now.slice(from + length);
    }, base),
  );

const paths = (value) =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) => [[key], ...paths(value[key]).map((rest) => [key, ...rest])])
    : [];

/** A document with some of its values replaced, removed or joined by unknown ones. */
const changed = (document) =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom(...paths(document)),
        fc.oneof(
          fc.jsonValue({ maxDepth: 3 }),
          fc.constantFrom(undefined, -1, 0, 1e308, '', '__proto__', '../x', 'x'.repeat(5000)),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => {
      const copy = structuredClone(document);
      for (const [where, value] of changes) {
        let at = copy;
        for (const key of where.slice(0, -1))
          at = typeof at === 'object' && at !== null ? at[key] : undefined;
        if (typeof at === 'object' && at !== null) at[where.at(-1)] = value;
      }
      return JSON.stringify(copy) ?? 'null';
    });

const anything = fc.oneof(fc.string({ maxLength: 300, unit: 'binary' }), fc.json({ maxDepth: 5 }));
const textOf = (base, document) =>
  fc.oneof(
    { weight: 4, arbitrary: edited(base) },
    {
      weight: document === undefined ? 0 : 4,
      arbitrary: document === undefined ? fc.constant('') : changed(document),
    },
    { weight: 1, arbitrary: anything },
  );

// ---- event tables in memory, as a reader of files hands them over

const idCell = (right, others) =>
  fc.oneof(
    { weight: 150, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
const oddTexts = ['', null, 'zz', '__proto__', 'toString', '\ud800', 'x'.repeat(300)];
const oddNumbers = [
  ...[-1, -0, 0.5, 181, 2 ** 31, 2 ** 32, 1e300, 5e-324],
  ...[Number.NaN, Infinity, -Infinity],
];
const numberCell = (fitting) =>
  fc.oneof({ weight: 150, arbitrary: fitting }, { weight: 1, arbitrary: fc.constantFrom(...oddNumbers) });
const stays = ['a1', 'a2', 'b1', 'b2'];
const textCell = (known) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(known, null) },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
  );

/** A row of the event table of the valid cohort, mostly a right one. */
const eventRow = fc.tuple(fc.constantFrom(...stays), fc.constantFrom('lab', 'drug')).chain(([id, table]) =>
  fc.record({
    patient_id: idCell(id, [...stays, ...oddTexts]),
    hospital_id: idCell(id[0].toUpperCase(), ['A', 'B', ...oddTexts]),
    stay_id: idCell(`s${id}`, ['sa1', ...oddTexts]),
    table: idCell(table, ['lab', 'drug', ...oddTexts]),
    minute: numberCell(fc.integer({ min: 0, max: 180 })),
    item: textCell(table === 'lab' ? 'Heart rate' : 'Aspirin'),
    result: numberCell(
      table === 'lab' ? fc.double({ noNaN: true, noDefaultInfinity: true }) : fc.constant(Number.NaN),
    ),
    unit: idCell(table === 'lab' ? 'bpm' : null, ['', null, 'hz']),
    dose: numberCell(
      table === 'lab' ? fc.constant(Number.NaN) : fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  }),
);
const eventRows = fc.record({
  rows: fc.array(eventRow, { maxLength: 12 }),
  chunk: fc.integer({ min: 1, max: 12 }),
  without: fc.option(fc.constantFrom('minute', 'unit', 'stay_id'), { freq: 50 }),
});

/** Rows as the table of a file that `readEvents` reads. */
const tableOf = ({ rows, chunk, without }) => ({
  file: 'events.parquet',
  columns: ['patient_id', 'hospital_id', 'stay_id', 'table', 'minute', 'item', 'result', 'unit', 'dose']
    .filter((name) => name !== without)
    .map((name) => ({ name, content: 'text-of-anything', declared: 'text' })),
  async *read(wanted) {
    for (let at = 0; at < rows.length; at += chunk) {
      const part = rows.slice(at, at + chunk);
      yield await Promise.resolve({
        rows: part.length,
        texts: wanted.map(({ name, as }) => (as === 'text' ? part.map((row) => row[name]) : null)),
        numbers: wanted.map(({ name, as }) =>
          as === 'text' ? null : Float64Array.from(part, (row) => row[name]),
        ),
      });
    }
  },
});

const staticsOfEvents = {
  size: 4,
  hospitals: ['A', 'B'],
  hospital: Uint16Array.from([0, 0, 1, 1]),
  patients: stays,
  stays: stays.map((id) => `s${id}`),
  statics: new Float32Array(4),
  staticsObserved: new Uint8Array(4),
  labels: new Float32Array(4),
  labelsObserved: new Uint8Array(4),
  rowOf: new Map(stays.map((id, at) => [`s${id}`, at])),
  key: 'stay_id',
};

/**
 * @param parsers `parseCohortFile`, `parseSuite`, `expandVariants`, `ProgramEvents`, `pastJobs`, `readCohort`, `readEvents`, `requireConsistent`, `requireEvents`, `InputError` of the product
 * @param cases number of cases of the texts; a fiftieth as many tables are read as files
 * @returns per target: cases, refused ones, the slowest in milliseconds; targets whose refusals are counted begin with an input that is right and one that is wrong
 * @throws what fast-check found, shrunk
 */
export async function fuzz(parsers, cases, seed) {
  const { InputError } = parsers;
  const results = [];
  const check = async (target, share, arbitrary, parse, known = []) => {
    const result = { target, cases: Math.max(1, Math.round(cases * share)), refused: 0, slowest: 0 };
    await fc.assert(
      fc.asyncProperty(arbitrary, async (input) => {
        const begin = process.cpuUsage();
        try {
          await parse(input);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          if ((error.fault.file ?? error.fault.place ?? '') === '')
            throw new Error(`no place: ${error.message}`);

          if (/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(error.message))
            throw new Error(`steers the terminal: ${JSON.stringify(error.message)}`);
          if (error.message.length > 12_000)
            throw new Error(`a message of ${error.message.length} characters`);
          result.refused++;
        }
        const { user, system } = process.cpuUsage(begin);
        const took = (user + system) / 1000;
        result.slowest = Math.max(result.slowest, took);
        if (took > PATIENCE_MILLISECONDS) throw new Error(`took ${took} ms`);
        if (Object.keys(Object.prototype).length > 0) throw new Error('Object.prototype was changed');
      }),
      { numRuns: result.cases, seed, examples: known.map((input) => [input]) },
    );
    results.push(result);
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
      fc.tuple(fc.constantFrom('dynamic', 'static'), fc.nat(), fc.array(edit, { maxLength: 4 })),
      async ([stem, , edits]) => {
        let content = text(`${stem}.csv`);
        for (const [at, length, put] of edits) {
          const from = at % (content.length + 1);
          content =
            content.slice(0, from) +
            (put ?? content.slice(from, from + length).repeat(2)) +
            content.slice(from + length);
        }
        for (const name of ['dynamic', 'static'])
          await writeFile(path.join(folder, `${name}.csv`), name === stem ? content : text(`${name}.csv`));
        await parsers.readCohort(folder);
      },
    );
    await rm(path.join(folder, 'dynamic.csv'));
    await writeFile(path.join(folder, 'static.csv'), text('static.csv'));
    const whole = gzipSync(text('dynamic.csv'));
    await check(
      'tables (gzip)',
      0.005,
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      async (bytes) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of bytes) damaged[at] = value;
        await writeFile(path.join(folder, 'dynamic.csv.gz'), damaged);
        await parsers.readCohort(folder);
      },
    );
    const events = path.join(folder, 'events');
    await parsers.mkdir(events);
    for (const name of ['cohort.json', 'static.csv', 'dynamic.csv', 'events.parquet'])
      await writeFile(path.join(events, name), readFileSync(path.join(validEvents, name)));
    const eventBytes = readFileSync(path.join(validEvents, 'events.parquet'));
    await check(
      'events.parquet',
      0.005,
      fc.array(fc.tuple(fc.nat(eventBytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      async (bytes) => {
        const damaged = Buffer.from(eventBytes);
        for (const [at, value] of bytes) damaged[at] = value;
        await writeFile(path.join(events, 'events.parquet'), damaged);
        parsers.requireConsistent(await parsers.readCohort(events), 'fuzzed');
      },
      [[[0, eventBytes[0]]], [[eventBytes.length - 1, eventBytes.at(-1) ^ 255]]],
    );
    const run = path.join(folder, 'runs', 'one');
    await parsers.mkdir(run, { recursive: true });
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
    { mkdir: (await import('node:fs/promises')).mkdir },
  );
  const begin = performance.now();
  console.table(await fuzz(parsers, Number(cases), Number(seed)));
  console.log(`${((performance.now() - begin) / 1000).toFixed(0)} s, no finding`);
}
