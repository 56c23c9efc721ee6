import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBackend } from '../engine/backends.js';
import type { Suite } from '../suite/schema.js';
import type { RunResults } from './contract.js';
import { EventLog } from './eventLog.js';
import { gatherResults, publishTraining } from './gatherResults.js';
import { runPlan, type Outcomes } from './jobGraph.js';
import type { JobRunner } from './jobRunner.js';
import { LocalRunner } from './localRunner.js';
import { productVersions } from './manifest.js';
import { openStore } from './openStore.js';
import type { Job, Versions } from './plan.js';
import { isNoSpace, NoSpace } from './noSpace.js';
import { planSuite, type PlanOptions } from './planSuite.js';
import { WorkerPool } from './pool.js';
import { preparedSplit, releaseSplit } from './preparedSplit.js';
import type { ProductStore } from './productStore.js';
import { Progress } from './progress.js';
import type { QueueAddress } from './queue/queueAddress.js';
import { writeRun } from './runFolder.js';
import type { HospitalWorkers } from './spareWorkers.js';
import { releaseUnusedArrays } from './unusedArrays.js';
import { TimeSpent, type TimeSummary } from './timeSpent.js';

export interface RunOptions extends PlanOptions {
  /** Run folder. */
  readonly out: string;
  readonly store: string;
  readonly workers: number;
  /** Threads of one training; decides nothing about its result. */
  readonly hospitalWorkers: HospitalWorkers;
  /** Runs the jobs on the workers of a queue instead of in this process. */
  readonly queue?: {
    readonly address: QueueAddress;
    /** Against other runs of the queue, 1 (first) to 9. */
    readonly priority: number;
    note(text: string): void;
  };
  readonly quiet: boolean;
  /** Gets every line of `events.jsonl` as it is written. */
  readonly echo?: (line: string) => void;
  /** Stops the run after the current rounds and metrics: what was finished stays in the store. */
  readonly signal: AbortSignal;
}

/** A run was interrupted; finished products are kept. */
export class Interrupted extends Error {
  constructor(finished: number, jobs: number) {
    super(
      `interrupted: ${finished} of ${jobs} jobs are finished and kept; run the same command again to go on`,
    );
    this.name = 'Interrupted';
  }
}

async function runnerOf(
  { queue, workers, hospitalWorkers }: RunOptions,
  store: ProductStore,
  versions: Versions,
): Promise<JobRunner> {
  if (queue === undefined) return new LocalRunner(new WorkerPool(workers, hospitalWorkers), store);
  const { QueueRunner } = await import('./queue/queueRunner.js');
  return QueueRunner.open({ ...queue, store, versions });
}

async function openLog(
  out: string,
  store: ProductStore,
  onFailure: (error: Error) => void,
  echo: RunOptions['echo'],
): Promise<EventLog> {
  await mkdir(out, { recursive: true });
  await store.sweep({ own: false });
  return new EventLog(join(out, 'events.jsonl'), onFailure, echo);
}

const asNoSpace = (error: unknown, place: string): unknown =>
  isNoSpace(error) ? new NoSpace(place, error as Error) : error;

/** What a run came to. */
export interface SuiteResults extends RunResults {
  /** Findings of the manifest that say which floors and ceilings failed. */
  readonly failedEnds: readonly string[];
  readonly time: TimeSummary;
}

/** Runs a whole suite and writes the run folder (without the report). */
export async function runSuite(suite: Suite, options: RunOptions): Promise<SuiteResults> {
  const plan = await planSuite(suite, options);
  // Whatever is wrong with the data is found here, before anything is written.
  for (const dataset of plan.datasets) await preparedSplit(dataset);
  releaseSplit();
  releaseUnusedArrays();
  const jobs: Job[] = [...plan.bounds, ...plan.training, ...plan.scoring];
  if (options.engine !== 'onnx') await loadBackend(options.engine);
  const store = openStore(options.store);
  await store.requireReachable();
  const versions = productVersions();
  const runner = await runnerOf(options, store, versions);
  let fault: Error | undefined;
  // A run that cannot write what it finds out ends soon; what is in the store already is kept.
  const giveUp = (error: unknown): void => {
    fault ??= error instanceof Error ? error : new Error(String(error));
    runner.interrupt();
  };
  const log = await openLog(options.out, store, giveUp, options.echo).catch(async (error: unknown) => {
    await runner.close();
    throw error;
  });
  const progress = new Progress(jobs, { quiet: options.quiet, stream: process.stderr });
  const time = new TimeSpent();
  let outcomes: Outcomes;
  let finished = 0;
  const stop = (): void => runner.interrupt();
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    outcomes = await runPlan(plan, {
      runner,
      log,
      progress,
      time,
      versions,
      async onEnd(job, outcome) {
        if (outcome.state === 'done') finished++;
        if (job.kind !== 'train') return;
        await publishTraining(job, outcome, options.out, plan.datasets.length > 1).catch(giveUp);
      },
    });
  } finally {
    options.signal.removeEventListener('abort', stop);
    progress.stop();
    await runner.close();
    await store.sweep({ own: true });
    log.close();
  }
  if (fault !== undefined) throw asNoSpace(fault, options.out);
  if (options.signal.aborted) throw new Interrupted(finished, jobs.length);
  const results = await gatherResults(suite, plan, outcomes, options, versions);
  await writeRun(options.out, results).catch((error: unknown) => {
    throw asNoSpace(error, options.out);
  });
  return { ...results, time: time.summary() };
}
