import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobTask } from '../../../src/run/jobRunner.js';
import { productVersions } from '../../../src/run/manifest.js';
import type { BoundsJob, ScoreJob, TrainJob } from '../../../src/run/plan.js';
import { EventBatches } from '../../../src/run/queue/eventBatches.js';
import { executeQueued } from '../../../src/run/queue/executeQueued.js';
import { refusalOf } from '../../../src/run/queue/permissions.js';
import { receivedTask } from '../../../src/run/queue/receivedTask.js';
import { Store } from '../../../src/run/store.js';
import { plannedJobs, taskOf } from './plannedJobs.js';

const versions = productVersions();
const received = (data: unknown) => receivedTask(JSON.parse(JSON.stringify(data)), versions);

let root: string;
let bounds: BoundsJob;
let train: TrainJob;
let score: ScoreJob;
let reference: ScoreJob;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-received-'));
  const plan = await plannedJobs('trainers: [{ id: fedavg }]\nreferences: [copy]');
  bounds = plan.bounds[0]!;
  train = plan.training[0]!;
  score = plan.scoring.find((one) => !one.reference)!;
  reference = plan.scoring.find((one) => one.reference)!;
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a worker that may do nothing special makes of a queued job. */
async function made(task: unknown): Promise<{ state: string; reason?: string; ran: boolean }> {
  let ran = false;
  const pool = {
    run: () => {
      ran = true;
      return Promise.resolve({ state: 'interrupted' as const });
    },
  };
  const outcome = await executeQueued(
    JSON.parse(JSON.stringify(task)),
    { store: new Store(join(root, 'store')), versions, pool, permissions: { external: false, data: [] } },
    new AbortController().signal,
    new EventBatches('w', () => Promise.resolve()),
  );
  return { ...outcome, ran };
}

describe('a job out of the queue', () => {
  it('is believed when a run has queued it: every trainer and reference, with parameters of its own', async () => {
    const plan = await plannedJobs(`trainers:
  - { id: fedehr-gen, parameters: { tcvae: { rounds: 7 } }, matrix: { tcvae.z: [4, 8] } }
  - { id: centralized }
  - { id: fedavg }
  - { id: fedavg-e2e }
  - { id: fedprox }
  - { id: fedavg-ft }
  - { id: local }
  - { id: rawmed }
  - { id: rawmed-fedavg }
  - { id: external, parameters: { command: [node, -e, '0'] } }
references: [copy, holdout, marginals, independent-events, item-bootstrap, markov-events]
resamples: 20`);
    const jobs = [...plan.bounds, ...plan.training, ...plan.scoring];
    expect(jobs.length).toBeGreaterThan(25);
    for (const job of jobs) {
      const task = taskOf(job);
      expect(received({ ...task, fault: { input: false, stack: '', worker: 'w' } })).toEqual({
        task: JSON.parse(JSON.stringify(task)) as JobTask,
      });
    }
  });

  it.each([
    ['nothing', () => null],
    ['a text', () => 'job'],
    ['no job', () => ({ ...taskOf(bounds), job: undefined })],
    ['an unknown kind', () => ({ ...taskOf(bounds), job: { ...bounds, kind: 'shell' } })],
    ['a further key', () => taskOf({ ...bounds, command: ['id'] } as BoundsJob)],
    ['another key', () => ({ ...taskOf(bounds), key: `sha256:${'0'.repeat(64)}` })],
    ['a key that is a path', () => ({ ...taskOf(bounds), key: 'sha256:../../../../etc/passwd' })],
    [
      'another cohort to score than its own',
      () => ({ ...taskOf(score), needs: { ...taskOf(score).needs, synthetic: taskOf(bounds).key } }),
    ],
    ['no bounds', () => ({ ...taskOf(score), needs: { synthetic: taskOf(train).key } })],
    ['something more to start from', () => ({ ...taskOf(bounds), needs: { bounds: taskOf(bounds).key } })],
    [
      'a reference, made of real rows, whose cohort would be kept',
      () => taskOf({ ...reference.train, kind: 'train' }),
    ],
    ['a reference scored from the store', () => taskOf({ ...reference, reference: false })],
    ['a generator that would be trained in the scoring', () => taskOf({ ...score, reference: true })],
    [
      'an unknown trainer',
      () => taskOf({ ...train, generator: { ...train.generator, trainer: '../../evil.js' } }),
    ],
    ['another version of a trainer', () => taskOf({ ...train, trainerVersion: 99 })],
    [
      'parameters out of range',
      () => taskOf({ ...train, generator: { ...train.generator, parameters: { tcvae: { rounds: -1 } } } }),
    ],
    [
      'a name that steers the terminal',
      () => taskOf({ ...bounds, dataset: { ...bounds.dataset, name: 'x\u001b[2J' } }),
    ],
    ['an unknown engine', () => taskOf({ ...train, engine: '../evil.js' } as unknown as TrainJob)],
  ])('is refused with %s, and nothing is run', async (_, forged) => {
    const { state, reason, ran } = await made(forged());
    expect(state).toBe('failed');
    expect(reason).toMatch(/^forged: the job in the queue has /);
    expect(ran).toBe(false);
  });

  it('that a run has queued is run', async () => {
    expect(await made(taskOf(bounds))).toEqual({ state: 'interrupted', ran: true });
  });
});

describe('what a worker lets jobs do', () => {
  const external = (): TrainJob => ({
    ...train,
    generator: { trainer: 'external', variant: 'x', parameters: { command: ['id'] } },
    trainerVersion: 1,
  });
  const reading = (path: string): BoundsJob => ({
    ...bounds,
    dataset: { ...bounds.dataset, source: { path } },
  });
  const nothing = { external: false, data: [] };

  it('is no program of theirs, unless its operator says so', async () => {
    expect((await made(taskOf(external()))).reason).toMatch(/^refused: .*--allow-external/);
    expect(await refusalOf(external(), nothing)).toMatch(/--allow-external/);
    expect(await refusalOf(external(), { external: true, data: [] })).toBeNull();
    // Scoring what such a program made runs nothing.
    expect(await refusalOf({ ...score, train: external() }, nothing)).toBeNull();
  });

  it('is no cohort folder of the machine, unless it lies below --data, links followed', async () => {
    const [data, secret] = [join(root, 'data'), join(root, 'secret')];
    await mkdir(join(data, 'cohort'), { recursive: true });
    await mkdir(join(secret, 'cohort'), { recursive: true });
    await symlink(secret, join(data, 'link'));
    await symlink(data, join(root, 'alias'));
    const allowed = { external: false, data: [data] };
    expect((await made(taskOf(reading(join(data, 'cohort'))))).reason).toMatch(/^refused: .*--data/);
    for (const path of ['cohort', 'none', '.'])
      expect(await refusalOf(reading(join(data, path)), allowed)).toBeNull();
    for (const path of [
      join(secret, 'cohort'),
      join(data, '..', 'secret', 'cohort'),
      join(data, 'link', 'cohort'),
      `${data}-of-others`,
      '/',
      '/etc',
    ])
      expect(await refusalOf(reading(path), allowed), path).toMatch(/^refused/);
    expect(await refusalOf(reading(join(root, 'alias', 'cohort')), allowed)).toMatch(/^refused/);
    const through = { external: false, data: [join(root, 'alias')] };
    expect(await refusalOf(reading(join(root, 'alias', 'cohort')), through)).toBeNull();
    expect(await refusalOf(reading(join(data, 'cohort')), through)).toBeNull();
    // What is there and what is not are refused alike.
    expect(await refusalOf(reading('/etc/passwd'), allowed)).toBe(
      await refusalOf(reading('/etc/none-of-that-name'), allowed),
    );
    expect(
      await refusalOf({ ...score, train: { ...train, dataset: reading('/etc').dataset } }, nothing),
    ).toMatch(/^refused/);
  });
});
