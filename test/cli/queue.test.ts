import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, RedisOnLoopback } from '../../scripts/redisOnLoopback.mjs';
import { fedehr, start, type Finished } from './fedehr.js';

const PASSWORD = 'not-to-be-seen';
const JOBS = 6; // bounds, two trainings, their scores, one reference

let root: string;
let redis: RedisOnLoopback;
let suite: string;

if (!hasRedis) process.stderr.write('redis-server is not installed: the tests of the queue are skipped\n');

interface Event {
  readonly kind: string;
  readonly key?: string;
  readonly job: string;
  readonly worker?: string;
}

async function events(out: string): Promise<Event[]> {
  const text = await readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

async function until(condition: () => Promise<boolean>, running: ChildProcess): Promise<void> {
  while (!(await condition())) {
    if (running.exitCode !== null) throw new Error('the run ended before');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function scores(out: string): Promise<string> {
  return (await readFile(join(out, 'scores.json'), 'utf8')).replaceAll(/"seconds":[0-9.e-]+/g, '"seconds":0');
}

const worker = (name: string, store: string, ...more: string[]) =>
  start([
    'worker',
    '--queue',
    redis.url,
    '--store',
    join(root, store),
    '--name',
    name,
    '--lost-after',
    '3',
    ...more,
  ]);

const queued = (out: string, store: string) =>
  start(['run', suite, '--queue', redis.url, '--out', join(root, out), '--store', join(root, store)]);

function expectNoPassword(...ended: Finished[]): void {
  for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toContain(PASSWORD);
}

/** Nothing lost, nothing scored twice, the bytes of a run without a queue. */
async function expectWhole(out: string): Promise<void> {
  const finished = (await events(join(root, out))).filter(({ kind }) => kind === 'job-finished');
  expect(new Set(finished.map(({ key }) => key)).size).toBe(JOBS);
  expect(finished).toHaveLength(JOBS);
  expect(await scores(join(root, out))).toBe(await scores(join(root, 'local')));
}

beforeAll(async () => {
  if (!hasRedis) return;
  root = await mkdtemp(join(tmpdir(), 'fedehr-queue-'));
  redis = await RedisOnLoopback.start(PASSWORD);
  suite = join(root, 'suite.yaml');
  await writeFile(
    suite,
    `name: tiny
datasets: [{ id: simulated, parameters: { hospitals: 2, patients: 240, drugs: 2, factors: 3, steps: 4 } }]
trainers:
  - id: centralized
    parameters:
      autoencoder: { rounds: 4, localEpochs: 1, hidden: 8, latents: 4 }
      tcvae: { rounds: 8, localEpochs: 1, hidden: 8, z: 2, decoderUnits: 8, valueUnits: 8, mixture: 1 }
      sampling: { calibrationStays: 100 }
  - id: fedavg
    parameters:
      autoencoder: { rounds: 4, localEpochs: 1, hidden: 8, latents: 4 }
      tcvae: { rounds: 8, localEpochs: 1, hidden: 8, z: 2, decoderUnits: 8, valueUnits: 8, mixture: 1 }
      sampling: { calibrationStays: 100 }
references: [marginals]
metrics: [marginal.ks, pairwise.correlation_gap]
resamples: 10
`,
  );
  const local = await fedehr(
    'run',
    suite,
    '--out',
    join(root, 'local'),
    '--store',
    join(root, 'local-store'),
  );
  expect(local.code).toBe(0);
}, 180_000);
afterAll(async () => {
  if (!hasRedis) return;
  await redis.remove();
  await rm(root, { recursive: true, force: true });
});

describe.skipIf(!hasRedis)('a queue', () => {
  it('gives the bytes of a local run with two workers, and the password is nowhere', async () => {
    const workers = [worker('one', 'store'), worker('two', 'store')];
    const run = queued('two-workers', 'store');
    const ended = await run.finished;
    expect(ended.code).toBe(0);
    await expectWhole('two-workers');
    const by = (await events(join(root, 'two-workers'))).flatMap((event) => event.worker ?? []);
    expect(new Set(by)).toEqual(new Set(['one', 'two']));
    for (const { child } of workers) child.kill('SIGTERM');
    const stopped = await Promise.all(workers.map(({ finished }) => finished));
    expect(stopped.map(({ code }) => code)).toEqual([0, 0]);
    const log = await readFile(join(root, 'two-workers', 'events.jsonl'), 'utf8');
    expect(log).not.toContain(PASSWORD);
    expectNoPassword(ended, ...stopped);
    const listed = await fedehr('queue', 'ls', '--queue', redis.url, '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ queues: [{ waiting: 0, done: JOBS, dead: [] }] });
    expectNoPassword(listed);
  }, 240_000);

  it('loses nothing when a worker is killed in the middle of a job and Redis is restarted', async () => {
    const out = join(root, 'faults');
    const victim = worker('victim', 'store-faults');
    const run = queued('faults', 'store-faults');
    await until(async () => (await events(out)).some(({ kind }) => kind === 'round'), run.child);
    victim.child.kill('SIGKILL');
    const heir = worker('heir', 'store-faults');
    await redis.down('SIGKILL');
    await redis.up();
    const ended = await run.finished;
    heir.child.kill('SIGTERM');
    expect(ended.code).toBe(0);
    await expectWhole('faults');
    expectNoPassword(ended, await victim.finished, await heir.finished);
  }, 240_000);

  it('goes on after Ctrl-C: what waits leaves the queue, what runs stops, the next run has the same bytes', async () => {
    const out = join(root, 'cancelled');
    const one = worker('one', 'store-cancelled');
    const run = queued('cancelled', 'store-cancelled');
    await until(async () => (await events(out)).some(({ kind }) => kind === 'round'), run.child);
    run.child.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
    const state = async (): Promise<{ waiting: number; running: unknown[]; dead: unknown[] }> => {
      const { stdout } = await fedehr('queue', 'ls', '--queue', redis.url, '--json');
      const { queues } = JSON.parse(stdout) as {
        queues: { workers: number; waiting: number; running: unknown[]; dead: unknown[] }[];
      };
      return queues.find(({ workers }) => workers === 1)!;
    };
    await expect
      .poll(state, { timeout: 60_000, interval: 500 })
      .toMatchObject({ waiting: 0, running: [], dead: [] });
    expect((await queued('cancelled', 'store-cancelled').finished).code).toBe(0);
    one.child.kill('SIGTERM');
    await one.finished;
    expect(await scores(out)).toBe(await scores(join(root, 'local')));
  }, 240_000);

  it('says what is wrong with an address or a password without repeating it', async () => {
    const wrong = await fedehr('run', suite, '--queue', redis.url.replace(PASSWORD, 'wrong-secret'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(`127.0.0.1:${redis.port}`);
    expect(wrong.stderr).not.toContain('wrong-secret');
    const foreign = await fedehr('run', suite, '--queue', 'http://:wrong-secret@host');
    expect(foreign.code).toBe(2);
    expect(foreign.stderr).not.toContain('wrong-secret');
  }, 120_000);
});

it.skipIf(hasRedis)('is not tested without a redis-server', () => {
  expect(spawnSync('redis-server', ['--version']).error).toBeDefined();
});
