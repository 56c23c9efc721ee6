import { Queue } from 'bullmq';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, RedisOnLoopback } from '../../../scripts/redisOnLoopback.mjs';
import { productVersions } from '../../../src/run/manifest.js';
import { openStore } from '../../../src/run/openStore.js';
import { parseQueueAddress, type QueueAddress } from '../../../src/run/queue/queueAddress.js';
import { connectionTo, QUEUE_PREFIX } from '../../../src/run/queue/queueConnection.js';
import {
  jobIdOf,
  optionsOf,
  queueNameOf,
  type QueuedResult,
  type QueuedTask,
} from '../../../src/run/queue/queuedJob.js';
import { listQueues, retryDead } from '../../../src/run/queue/queueListing.js';
import { QueueRunner } from '../../../src/run/queue/queueRunner.js';
import { QueueWorker } from '../../../src/run/queue/queueWorker.js';
import { plannedJobs, taskOf } from './plannedJobs.js';

const script = fileURLToPath(new URL('hangingWorker.mjs', import.meta.url));

let root: string;
let redis: RedisOnLoopback;
let address: QueueAddress;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-losses-'));
  if (!hasRedis) return;
  redis = await RedisOnLoopback.start();
  address = parseQueueAddress(redis.url);
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(async () => {
  if (hasRedis) await redis.remove();
  await rm(root, { recursive: true, force: true });
});

/** A worker process, with the number of times that it has begun a job. */
interface Hanging {
  readonly child: ChildProcess;
  begun: number;
}

function startWorker(store: string, name: string): Hanging {
  const child = fork(script, [redis.url, store, name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const worker: Hanging = { child, begun: 0 };
  child.on('message', () => worker.begun++);
  children.add(child);
  return worker;
}

const until = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  expect.poll(condition, { timeout: 50_000, interval: 50 }).toBe(true);

/** Queues one job for a new store. */
async function queued(
  name: string,
): Promise<{ store: string; queue: Queue<QueuedTask, QueuedResult>; id: string }> {
  const store = join(root, name);
  const { bounds } = await plannedJobs();
  const task = taskOf(bounds[0]!);
  const queue = new Queue<QueuedTask, QueuedResult>(
    queueNameOf(await openStore(store).identity(), productVersions()),
    { connection: connectionTo(address), prefix: QUEUE_PREFIX },
  );
  await queue.add('floors and ceilings', task, optionsOf(task, 5));
  return { store, queue, id: jobIdOf(task.key) };
}

describe.skipIf(!hasRedis)('a job whose worker falls silent', () => {
  it('is a dead letter after it has killed three workers, and begins with a clean slate when it is queued again', async () => {
    const { store, queue, id } = await queued('poison');
    for (const name of ['one', 'two', 'three']) {
      const victim = startWorker(store, name);
      await until(() => victim.begun === 1);
      victim.child.kill('SIGKILL');
    }
    const last = startWorker(store, 'four');
    await until(async () => (await queue.getJobState(id)) === 'failed');
    expect(last.begun).toBe(0);
    const [state] = await listQueues(address);
    expect(state!.dead).toMatchObject([{ id, worker: 'four' }]);
    expect(state!.dead[0]!.reason).toMatch(/^lost: 3 workers were lost while they had it/);
    expect(await retryDead(address, id)).toBe(1);
    await until(() => last.begun === 1);
    last.child.send('finish');
    await until(async () => (await queue.getJobState(id)) === 'completed');
    await queue.obliterate({ force: true });
    await queue.close();
  }, 60_000);

  it('is not, however often it was taken from workers that starved and came back', async () => {
    const { store, queue, id } = await queued('starved');
    const workers = ['one', 'two'].map((name) => startWorker(store, name));
    await until(() => workers.some(({ begun }) => begun === 1));
    for (let turn = 0; turn < 4; turn++) {
      const [holder, other] = workers[0]!.begun > workers[1]!.begun ? workers : [...workers].reverse();
      const before = other!.begun;
      // Frozen is what starved looks like from outside: no sign of life, and the connection stays open.
      holder!.child.kill('SIGSTOP');
      await until(() => other!.begun > before);
      holder!.child.kill('SIGCONT');
      holder!.begun = 0;
    }
    const job = (await queue.getJob(id))!;
    expect(job.stalledCounter).toBeGreaterThanOrEqual(4);
    const [state] = await listQueues(address);
    expect(state!.dead).toEqual([]);
    expect(state!.running).toMatchObject([{ worker: expect.stringMatching(/^(one|two)$/) as string }]);
    for (const { child } of workers) child.send('finish');
    await until(async () => (await queue.getJobState(id)) === 'completed');
    const client = await queue.getBackend().client;
    expect(await client.hgetall(queue.toKey(`claims:${id}`))).toEqual({});
    await queue.obliterate({ force: true });
    await queue.close();
  }, 60_000);
});

describe('what was opened before a failure', () => {
  it.skipIf(!hasRedis)('of a run is closed', async () => {
    const { store: folder, queue } = await queued('unopened');
    const store = openStore(folder);
    const client = await queue.getBackend().client;
    // The queue's stream of events is none.
    await client.del(queue.toKey('events'));
    await client.set(queue.toKey('events'), 'no stream');
    const connections = async (): Promise<number> =>
      Number(/connected_clients:(\d+)/.exec(await client.info())?.[1]);
    const before = await connections();
    const opened = QueueRunner.open({
      address,
      store,
      versions: productVersions(),
      priority: 5,
      note: () => undefined,
    });
    await expect(opened).rejects.toThrow(/WRONGTYPE/);
    await until(async () => (await connections()) <= before);
    await client.del(queue.toKey('events'));
    await queue.obliterate({ force: true });
    await queue.close();
  });

  it('of a worker is closed', async () => {
    let closed = 0;
    const drained = QueueWorker.drain({
      address: parseQueueAddress('redis://127.0.0.1:1'),
      store: Object.assign(openStore(root), {
        requireReachable: () => Promise.reject(new Error('no such store')),
      }),
      name: 'any',
      pool: {
        run: () => Promise.resolve({ state: 'interrupted' }),
        interrupt: () => undefined,
        close: () => {
          closed++;
          return Promise.resolve();
        },
      },
      permissions: { external: false, data: [] },
      concurrency: 1,
      lostAfter: 30,
      idleExit: null,
      signal: new AbortController().signal,
      note: () => undefined,
    });
    await expect(drained).rejects.toThrow('no such store');
    expect(closed).toBe(1);
  });
});
