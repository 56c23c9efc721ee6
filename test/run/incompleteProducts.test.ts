import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoredSite } from '../../src/metrics/scoreCohort.js';
import { checkpointFolder } from '../../src/run/checkpointFolder.js';
import type { JobTask } from '../../src/run/jobRunner.js';
import { productVersions } from '../../src/run/manifest.js';
import { keyOf, type Plan } from '../../src/run/plan.js';
import { INCOMPLETE } from '../../src/run/receipt.js';
import { isAttemptMessage, type AttemptMessage, type KnownResults } from '../../src/run/reportedAttempt.js';
import { Store } from '../../src/run/store.js';
import { collectable, storedEntries } from '../../src/run/storeInventory.js';
import work from '../../src/run/worker.js';
import { plannedJobs, taskOf } from './queue/plannedJobs.js';

let root: string;
let plan: Plan;
let bounds: JobTask;
let score: JobTask;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-incomplete-'));
  plan = await plannedJobs();
  [bounds, score] = [taskOf(plan.bounds[0]!), taskOf(plan.scoring[0]!)];
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Runs a job as a thread would, and tells what it computed. */
async function made({ job, key }: JobTask, store: string, known: KnownResults = {}, needs = {}) {
  const { port1, port2 } = new MessageChannel();
  const computed: string[] = [];
  const warnings: unknown[] = [];
  const ended = new Promise<void>((resolve) =>
    port1.on('message', (message: AttemptMessage | { kind: string } | 'ended') => {
      if (message === 'ended') resolve();
      else if (isAttemptMessage(message) && message.kind === 'computing') computed.push(message.name);
      else if (typeof message === 'object' && message.kind === 'warning') warnings.push(message);
    }),
  );
  const [stop, spare] = [new SharedArrayBuffer(4), new SharedArrayBuffer(4)];
  const outcome = await work({
    job,
    key,
    store,
    needs,
    port: port2,
    stop,
    hospitalWorkers: 1,
    spare,
    known,
    native: null,
  });
  await ended;
  port1.close();
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  return { ...outcome, computed, warnings };
}

const read = async <T>(folder: string, name: string): Promise<T> =>
  JSON.parse(await readFile(join(folder, name), 'utf8')) as T;

const withoutTime = (rows: readonly ScoredSite[]): unknown[] => rows.map((row) => ({ ...row, seconds: 0 }));

describe('a product in which a result is missing because of the machine', () => {
  it('serves its run with the state, and the next run computes what is missing and nothing else', async () => {
    const [undisturbed, store] = [join(root, 'undisturbed'), join(root, 'store')];
    const reference = await made(bounds, undisturbed);
    const referenceScore = await made(score, undisturbed, {}, { bounds: reference.folder });
    expect(reference.warnings).toEqual([]);

    const slow = reference.computed[0]!;
    const timedOut = {
      seconds: 3,
      result: { state: 'timed-out' as const, reason: 'time-limit: stopped after 3 s', n: 0 },
    };
    const first = await made(bounds, store, { [slow]: timedOut });
    expect(first.warnings).toHaveLength(1);
    expect(JSON.stringify(await read(first.folder, 'bounds.json'))).toContain('"state":"timed-out"');
    const products = new Store(store);
    expect(await products.find(bounds.key)).toMatchObject({ folder: first.folder, complete: false });
    expect(await products.holds(bounds.key)).toBe(false);
    // Its floors and ceilings stand in the rows, so that the scores are no better.
    const scored = await made(score, store, {}, { bounds: first.folder });
    expect(await products.holds(score.key)).toBe(false);
    // What is known stays, also when somebody collects meanwhile.
    for (const { key } of [bounds, score]) expect(existsSync(checkpointFolder(store, key))).toBe(true);
    expect(collectable(await storedEntries(store), {})).toEqual([]);

    const second = await made(bounds, store);
    expect(second).toMatchObject({ computed: [slow], reused: false, warnings: [] });
    const again = await made(score, store, {}, { bounds: second.folder });
    expect(again).toMatchObject({ computed: [], reused: false, warnings: [] });
    expect(scored.computed.length).toBeGreaterThan(0);
    for (const { key } of [bounds, score]) {
      expect(await products.holds(key)).toBe(true);
      expect(existsSync(checkpointFolder(store, key))).toBe(false);
    }
    expect(await read(second.folder, 'bounds.json')).toEqual(await read(reference.folder, 'bounds.json'));
    expect(withoutTime(await read(again.folder, 'scores.json'))).toEqual(
      withoutTime(await read(referenceScore.folder, 'scores.json')),
    );
    expect((await made(bounds, store)).reused).toBe(true);
  });

  it('is told by a crash as by the time limit, and by nothing that would come again', async () => {
    const name = (await made(bounds, join(root, 'undisturbed-too'))).computed[0]!;
    const failed = (reason: string): KnownResults => ({
      [name]: { seconds: 1, result: { state: 'failed', reason, n: 0 } },
    });
    await made(bounds, join(root, 'crash'), failed('crash: the thread that computed it ended'));
    expect(await new Store(join(root, 'crash')).holds(bounds.key)).toBe(false);
    await made(bounds, join(root, 'throwing'), failed('matrix is singular'));
    expect(await new Store(join(root, 'throwing')).holds(bounds.key)).toBe(true);
  });

  it('gives way to whatever comes later, also where several come at once, and a complete one to none', async () => {
    const store = new Store(join(root, 'several'));
    const write = (text: string, complete: boolean) => async (folder: string) => {
      await writeFile(join(folder, 'a'), text);
      if (!complete) await writeFile(join(folder, INCOMPLETE), '{}');
    };
    await Promise.all(['1', '2', '3', '4'].map((text) => store.ensure(bounds.key, write(text, false))));
    const whole = await store.ensure(bounds.key, write('whole', true));
    expect(whole).toMatchObject({ complete: true, reused: false });
    await new Store(store.root).replace(score.key, 1, write('other', true));
    expect(await store.ensure(bounds.key, write('late', false))).toMatchObject({
      complete: true,
      reused: true,
    });
    expect(await readFile(join(whole.folder, 'a'), 'utf8')).toBe('whole');
  });
});

it('the time limit of a metric is in no content key, so that another one computes nothing again', () => {
  const versions = productVersions();
  for (const job of [plan.bounds[0]!, plan.scoring[0]!]) {
    const { scoring } = job;
    expect(keyOf({ ...job, scoring: { ...scoring, metricTimeout: 1 } }, versions)).toBe(keyOf(job, versions));
    expect(keyOf({ ...job, scoring: { ...scoring, seed: 7 } }, versions)).not.toBe(keyOf(job, versions));
  }
});
