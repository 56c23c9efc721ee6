/**
 * Peak memory of `fedehr run` and `fedehr score` on a simulated cohort of 40,000 stays × 48 steps × 40 features, of which the suite's split
 * makes train, holdout and reference. Needs Linux (VmHWM in /proc). Exits with 1 when a peak is 3 GB or more.
 *
 *   node scripts/memoryAtScale.mjs [--stays 40000] [--workers 1] [--metrics id,id|fast] [--out DIR]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { splitCohort } from '../dist/cohort/split.js';
import { writeCohort } from '../dist/cohort/writeCohort.js';
import { resolveDataset } from '../dist/datasets/resolveDataset.js';

const LIMIT_MEGABYTES = 3000;
const STEPS = 48;
/** Seventeen measurements and so many drugs are 40 features. */
const DRUGS = 23;
const SPLIT = { train: 0.6, holdout: 0.2, reference: 0.2, by: 'patient', seed: 0 };
/** Those whose time grows with the number of stays and not with its square. */
const LINEAR = [
  'marginal.ks',
  'marginal.wasserstein',
  'marginal.js',
  'marginal.prevalence_r2',
  'marginal.missing_rate',
  'pairwise.correlation_gap',
  'temporal.acf_gap',
  'temporal.cross_lag_gap',
  'temporal.increment_ks',
  'temporal.mask_transition',
];

const { values: options } = parseArgs({
  options: {
    stays: { type: 'string', default: '40000' },
    workers: { type: 'string', default: '1' },
    metrics: { type: 'string', default: LINEAR.join(',') },
    out: { type: 'string' },
  },
});
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const root = options.out ?? (await mkdtemp(join(tmpdir(), 'fedehr-memory-')));
await mkdir(root, { recursive: true });
const simulation = {
  hospitals: 6,
  patients: Number(options.stays),
  steps: STEPS,
  stepHours: 1,
  drugs: DRUGS,
};
const metrics = options.metrics === 'fast' ? 'fast' : `[${options.metrics.split(',').join(', ')}]`;

async function peakMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /VmHWM:\s+(\d+) kB/.exec(status);
  return found === null ? 0 : Number(found[1]) / 1024;
}

async function measure(title, args) {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--single-threaded-gc', program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await peakMegabytes(child.pid));
  }, 200);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  const seconds = (performance.now() - begin) / 1000;
  process.stdout.write(`| ${title} | ${Math.round(peak)} MB | ${Math.round(seconds)} s | ${code} |\n`);
  return code === 0 && peak < LIMIT_MEGABYTES;
}

const small =
  '{ autoencoder: { rounds: 1, localEpochs: 1, localPretraining: 0 }, tcvae: { rounds: 1, localEpochs: 1 } }';
await writeFile(
  join(root, 'suite.yaml'),
  `name: memory
datasets: [{ id: simulated, parameters: ${JSON.stringify(simulation)} }]
split: { train: ${SPLIT.train}, holdout: ${SPLIT.holdout}, reference: ${SPLIT.reference} }
trainers: [{ id: fedavg, parameters: ${small} }]
references: [marginals]
metrics: ${metrics}
resamples: 20
metricTimeout: 36000
`,
);
process.stdout.write(
  `${options.stays} stays × ${STEPS} × ${DRUGS + 17}, ${options.workers} worker(s), metrics: ${options.metrics}\n\n| command | peak memory | time | exit code |\n| --- | ---: | ---: | ---: |\n`,
);
const run = await measure('fedehr run', [
  'run',
  join(root, 'suite.yaml'),
  '--out',
  join(root, 'run'),
  '--workers',
  options.workers,
]);
const source = await resolveDataset('simulated', simulation);
const split = splitCohort(await source.load(), SPLIT, SPLIT.seed);
for (const part of ['train', 'holdout']) await writeCohort(split[part], join(root, part));
const score = await measure('fedehr score', [
  'score',
  '--real',
  join(root, 'train'),
  '--holdout',
  join(root, 'holdout'),
  '--synthetic',
  join(root, 'run', 'cohorts', 'fedavg', 'default', '0'),
  ...(options.metrics === 'fast' ? ['--preset', 'fast'] : ['--metrics', options.metrics]),
  '--resamples',
  '20',
  '--metric-timeout',
  '36000',
  '--out',
  join(root, 'score'),
]);
if (options.out === undefined) await rm(root, { recursive: true, force: true });
process.exitCode = run && score ? 0 : 1;
