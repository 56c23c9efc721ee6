import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationText } from '../../src/cli/dryRun.js';
import { estimateJobs, estimatePlan } from '../../src/run/estimate.js';
import { pastJobs } from '../../src/run/pastJobs.js';
import { nameOf, type BoundsJob, type PreparedDataset, type TrainJob } from '../../src/run/plan.js';

const dataset: PreparedDataset = {
  name: 'simulated',
  source: { id: 'simulated', parameters: {} },
  title: '',
  licence: '',
  citation: '',
  patientsPerHospital: null,
  steps: null,
  label: null,
  split: { train: 0.6, holdout: 0.2, reference: 0.2, by: 'patient', seed: 0 },
  sha256: {},
};
const bounds: BoundsJob = {
  kind: 'bounds',
  dataset,
  scoring: { metrics: 'fast', resamples: null, seed: 0, metricTimeout: 600 },
};
const training = (trainer: string, seed: number): TrainJob => ({
  kind: 'train',
  dataset,
  generator: { trainer, variant: 'default', parameters: {} },
  trainerVersion: 1,
  seed,
  size: 'train',
  engine: 'onnx',
});

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), 'fedehr-past-'));
  const line = (job: string, seconds: number, reused = false): string =>
    JSON.stringify({ time: 'x', job, kind: 'job-finished', key: `key of ${job}`, reused, seconds });
  await mkdir(join(runs, 'a'));
  await writeFile(
    join(runs, 'a', 'events.jsonl'),
    [
      line(nameOf(training('fedavg', 0)), 10),
      line(nameOf(training('fedavg', 1)), 30),
      line(nameOf(training('fedavg', 1)), 0.001, true),
      '{"kind":"job-finished","job":"tr',
    ].join('\n'),
  );
});
afterAll(() => rm(runs, { recursive: true, force: true }));

describe('the time of a plan', () => {
  it('is that of earlier runs: the same job, one alike, none where it is kept, unknown where nothing ran', async () => {
    const past = await pastJobs(runs);
    expect(past.map(({ seconds }) => seconds)).toEqual([10, 30]);
    const jobs = [bounds, training('fedavg', 1), training('fedavg', 2), training('local', 0)];
    const estimates = await estimateJobs(
      jobs,
      past,
      (job) => `key of ${nameOf(job)}`,
      (key) => Promise.resolve(key.includes('floors')),
    );
    expect(estimates.map(({ seconds, source }) => [seconds, source])).toEqual([
      [0, 'kept'],
      [30, 'same'],
      [20, 'alike'],
      [null, 'unknown'],
    ]);
    expect(estimatePlan(estimates, 4)).toEqual({ work: 50, least: 30, unknown: 1 });
    expect(estimatePlan(estimates, 1).least).toBe(50);
  });

  it('is unknown without any run folder', async () => {
    expect(await pastJobs(join(runs, 'none'))).toEqual([]);
  });

  it.each([
    [3.21, '3.2 s'],
    [61, '61 s'],
    [600, '10 min'],
    [9000, '2.5 h'],
  ])('of %d seconds is printed as %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
