import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../../src/run/eventLog.js';
import { runPlan, type JobServices } from '../../src/run/jobGraph.js';
import type { JobOutcome, JobRunner } from '../../src/run/jobRunner.js';
import { LocalRunner } from '../../src/run/localRunner.js';
import { productVersions } from '../../src/run/manifest.js';
import type { Job, Plan } from '../../src/run/plan.js';
import { Progress } from '../../src/run/progress.js';
import { Store } from '../../src/run/store.js';
import { TimeSpent } from '../../src/run/timeSpent.js';
import { plannedJobs } from './queue/plannedJobs.js';

let root: string;
let plan: Plan;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-graph-'));
  plan = await plannedJobs('trainers: [{ id: centralized }]\nreferences: [marginals]');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const done: JobOutcome = { state: 'done', folder: '.', reused: false, seconds: 1, peakMegabytes: 1 };

const run = (runner: JobRunner, onEnd: JobServices['onEnd'] = () => Promise.resolve()) =>
  runPlan(plan, {
    runner,
    onEnd,
    log: new EventLog(join(root, 'events.jsonl'), () => undefined),
    progress: new Progress([...plan.bounds, ...plan.training, ...plan.scoring], {
      quiet: true,
      stream: process.stderr,
    }),
    time: new TimeSpent(),
    versions: productVersions(),
  });

describe('a plan', () => {
  it('goes on without the job whose thread died, and says which', async () => {
    const store = new Store(join(root, 'store'));
    const pool = {
      run: async ({ job, key }: { job: Job; key: string }): Promise<JobOutcome> => {
        if (job.kind === 'train') throw new Error('Terminating worker thread');
        const { folder } = await store.ensure(key, () => Promise.resolve());
        return { ...done, folder };
      },
      interrupt: () => undefined,
      close: () => Promise.resolve(),
    };
    const outcomes = await run(new LocalRunner(pool, store));
    expect(outcomes.get(plan.training[0]!)).toMatchObject({
      state: 'failed',
      reason: 'machine: Terminating worker thread',
      input: false,
      transient: true,
    });
    const scored = plan.scoring.map((job) => [job.reference, outcomes.get(job)?.state]);
    expect(scored.sort()).toEqual([
      [false, 'failed'],
      [true, 'done'],
    ]);
  });

  it('that cannot go on interrupts its jobs and waits for them before it says so', async () => {
    const interrupt = new AbortController();
    const ended: string[] = [];
    const runner: JobRunner = {
      run: async ({ job }) => {
        if (job.kind === 'bounds') return done;
        await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve));
        // What is in the middle of a native call takes a moment.
        await new Promise((resolve) => setTimeout(resolve, 20));
        ended.push(job.kind);
        return { state: 'interrupted' };
      },
      interrupt: () => interrupt.abort(),
      close: () => Promise.resolve(),
    };
    const stopped = run(runner, (job) =>
      job.kind === 'bounds' ? Promise.reject(new Error('no way to go on')) : Promise.resolve(),
    );
    await expect(stopped).rejects.toThrow('no way to go on');
    expect(ended).toEqual(['train']);
  });
});
