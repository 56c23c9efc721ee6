/**
 * Kills, full disks and damaged bytes against a quick suite on simulated stays. Every case ends with the scores of an undisturbed run, byte
 * for byte but for the seconds, or is counted as failed:
 *
 * - kill: `kill -9` of the whole process at a random moment, then the same command again;
 * - disk: a store and run folder on a small tmpfs that fills up (the run must end with exit code 1 and say so, and leave nothing
 *   half-written), then the same command with more space. Needs root;
 * - byte: one random byte of one random file of the finished store is changed; the next run must make that product again.
 *
 * With `--events` the suite trains the generators of events instead of those of grids.
 *
 *   node scripts/killTest.mjs [--kill 50] [--disk 50] [--byte 50] [--seed 0] [--events] [--json]
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from '../dist/engine/random.js';

const { values: options } = parseArgs({
  options: {
    kill: { type: 'string', default: '50' },
    disk: { type: 'string', default: '50' },
    byte: { type: 'string', default: '50' },
    seed: { type: 'string', default: '0' },
    events: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const verified = (folder) =>
  spawnSync(process.execPath, [program, 'store', 'verify', '--store', join(folder, 'store')]);
const root = await mkdtemp(join(tmpdir(), 'fedehr-kill-'));
const suite = join(root, 'suite.yaml');
const small = `{ preprocessing: { bins: 32, passes: 2, conditionBins: 2 }, autoencoder: { rounds: 4, localEpochs: 1, localPretraining: 0, batch: 128, latents: 4, hidden: 8 }, tcvae: { rounds: 4, localEpochs: 1, batch: 32, z: 2, hidden: 8, mixture: 2, decoderUnits: 8, valueUnits: 8 }, sampling: { calibrationStays: 100 }, alarms: { collapse: warn } }`;
const grids = `datasets: [{ id: simulated, parameters: { hospitals: 2, patients: 400, drugs: 3 } }]
split: { train: 0.5, holdout: 0.3, reference: 0.2 }
trainers:
  - { id: fedehr-gen, parameters: ${small} }
  - { id: centralized, parameters: ${small} }
references: [marginals]
metrics: [marginal.ks, marginal.wasserstein, marginal.prevalence_r2, pairwise.correlation_gap, temporal.acf_gap, privacy.dcr_share]
`;
// Generators of events could go on from every update: writing all of those would be most of the run.
const between = options.events ? '0.2' : '0';
const short = 'width: 32, hidden: 64, dropout: 0';
const rawmed = `{ size: xs, maxEvents: 8, autoencoder: { updates: 500, validateEvery: 50 }, transformer: { ${short}, epochs: 25 }, sampling: { topK: 4, temperature: 0.7, budget: 8 } }`;
const eventRows = `datasets: [{ id: simulated-events, parameters: { hospitals: 2, patients: 300, steps: 12 } }]
trainers:
  - { id: rawmed, parameters: ${rawmed} }
  - { id: rawmed-fedavg, parameters: ${rawmed} }
  - { id: token-events, parameters: { text: { length: 48 }, maxTokens: 150, transformer: { ${short}, layers: 1, epochs: 12 }, sampling: { budget: 8 } } }
references: [independent-events]
metrics: [events.acceptance_rate, events.cde, events.i_cde, events.event_count, marginal.ks]
`;
await writeFile(suite, `name: kill\n${options.events ? eventRows : grids}resamples: 20\n`);

function start(folder) {
  const child = spawn(
    process.execPath,
    [
      '--single-threaded-gc',
      program,
      'run',
      suite,
      '--out',
      join(folder, 'run'),
      '--store',
      join(folder, 'store'),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, FEDEHR_CHECKPOINT_SECONDS: between } },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return { child, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, stderr })) };
}
const run = (folder) => start(folder).ended;

const scores = async (folder) =>
  (await readFile(join(folder, 'run', 'scores.json'), 'utf8')).replaceAll(
    /"seconds":[0-9.e-]+/g,
    '"seconds":0',
  );

async function events(folder) {
  const text = await readFile(join(folder, 'run', 'events.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const expect = (holds, what) => {
  if (!holds) throw new Error(what);
};

const begin = performance.now();
const whole = join(root, 'undisturbed');
const undisturbed = await run(whole);
expect(undisturbed.code === 0, `the undisturbed run ended with ${undisturbed.code}: ${undisturbed.stderr}`);
const expected = await scores(whole);
const milliseconds = performance.now() - begin;
const sizesOf = await Promise.all((await filesBelow(whole)).map(async (file) => (await stat(file)).size));
const kilobytes = sizesOf.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4, 0);
process.stderr.write(`undisturbed: ${(milliseconds / 1000).toFixed(1)} s, ${kilobytes} KB\n`);

async function resumes(folder) {
  const past = (await events(folder).catch(() => [])).length;
  const again = await run(folder);
  expect(again.code === 0, `the next run ended with ${again.code}: ${again.stderr}`);
  expect((await scores(folder)) === expected, 'the scores differ');
  return (await events(folder)).slice(past);
}

const cases = {
  async kill(folder, chance) {
    let moment;
    for (;;) {
      moment = chance.uniform() * milliseconds;
      await rm(folder, { recursive: true, force: true });
      const { child, ended } = start(folder);
      const timer = setTimeout(() => child.kill('SIGKILL'), moment);
      const { signal } = await ended;
      clearTimeout(timer);
      if (signal === 'SIGKILL') break;
    }
    const later = await resumes(folder);
    return {
      'killed after': `${(moment / 1000).toFixed(2)} s`,
      resumed: later.filter(({ kind }) => kind === 'resumed').length,
      reused: later.filter(({ reused }) => reused === true).length,
    };
  },
  async disk(folder, chance) {
    const space = Math.round(kilobytes * (0.02 + 0.9 * chance.uniform()));
    await mkdir(folder, { recursive: true });
    const mount = (...args) =>
      expect(spawnSync('mount', args).status === 0, `mount ${args.join(' ')} failed`);
    mount('-t', 'tmpfs', '-o', `size=${space}k`, 'fedehr-kill', folder);
    try {
      const full = await run(folder);
      expect(
        full.code === 1,
        `with a full disk the run ended with ${full.code} ${full.signal}: ${full.stderr}`,
      );
      expect(/no space left/.test(full.stderr), `it did not say why it ended: ${full.stderr}`);
      await events(folder);
      const left = await readdir(join(folder, 'store')).catch(() => []);
      expect(!left.some((name) => name.startsWith('unfinished')), 'it left something half-made in the store');
      if (left.length > 0) {
        const checked = verified(folder);
        expect(checked.status === 0, `the store is damaged: ${checked.stdout}`);
      }
      expect(
        !(await filesBelow(folder)).some((file) => /unfinished-/.test(file)),
        'a half-written file is left',
      );
      mount('-o', 'remount,size=1g', folder);
      const later = await resumes(folder);
      return {
        space: `${space} of ${kilobytes} KB`,
        resumed: later.filter(({ kind }) => kind === 'resumed').length,
        reused: later.filter(({ reused }) => reused === true).length,
      };
    } finally {
      spawnSync('umount', [folder]);
    }
  },
  async byte(folder, chance) {
    await cp(whole, folder, { recursive: true });
    const files = await filesBelow(join(folder, 'store'));
    const file = files[chance.integer(files.length)];
    const content = await readFile(file);
    const at = chance.integer(content.length);
    content[at] ^= 1 + chance.integer(255);
    await writeFile(file, content);
    const checked = verified(folder);
    expect(checked.status === 1, `fedehr store verify ended with ${checked.status}`);
    const later = await resumes(folder);
    const made = later.filter(({ kind, reused }) => kind === 'job-finished' && reused === false);
    const digest = /[0-9a-f]{64}/.exec(relative(folder, file))[0];
    expect(
      made.length === 1 && made[0].key === `sha256:${digest}`,
      `made again: ${made.map(({ job }) => job).join(', ')}`,
    );
    return { file: relative(join(folder, 'store'), file).slice(68), byte: at, 'made again': made[0].job };
  },
};

const table = [];
for (const [kind, attempt] of Object.entries(cases)) {
  for (let number = 1; number <= Number(options[kind]); number++) {
    const folder = join(root, `${kind}-${number}`);
    let row;
    try {
      row = { kind, number, ok: true, ...(await attempt(folder, random(options.seed, kind, number))) };
    } catch (error) {
      row = { kind, number, ok: false, reason: error.message };
    }
    await rm(folder, { recursive: true, force: true });
    table.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
}
await rm(root, { recursive: true, force: true });
const summary = Object.keys(cases).map((kind) => {
  const rows = table.filter((row) => row.kind === kind);
  return { kind, passed: rows.filter(({ ok }) => ok).length, of: rows.length };
});
if (options.json) process.stdout.write(`${JSON.stringify({ summary, table })}\n`);
else
  process.stdout.write(
    `| what happened | same scores afterwards |\n| --- | ---: |\n${summary.map(({ kind, passed, of }) => `| ${kind} | ${passed} of ${of} |`).join('\n')}\n`,
  );
process.exitCode = table.every(({ ok }) => ok) ? 0 : 1;
