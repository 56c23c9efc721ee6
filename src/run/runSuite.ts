import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScoredSite } from '../metrics/scoreCohort.js';
import type { Suite } from '../suite/schema.js';
import type { Ledger } from '../trainers/contract.js';
import { scoreRows } from './assembleScores.js';
import type { GeneratorKey, RunManifest, RunResults, SiteFigures, TrainingRecord } from './contract.js';
import { EventLog } from './eventLog.js';
import { runPlan, type Outcomes } from './jobGraph.js';
import { libraryVersions, machine, productVersions } from './manifest.js';
import { keyOf, type Job, type Plan, type PreparedDataset, type TrainJob } from './plan.js';
import { planSuite, type PlanOptions } from './planSuite.js';
import { WorkerPool } from './pool.js';
import { preparedSplit } from './preparedSplit.js';
import { Progress } from './progress.js';
import { publish, writeRun } from './runFolder.js';
import type { FiguresOfSite } from './siteFigures.js';
import { Store } from './store.js';

export interface RunOptions extends PlanOptions {
  /** Run folder. */
  readonly out: string;
  readonly store: string;
  readonly workers: number;
  readonly quiet: boolean;
  /** Stops the run: what was finished stays in the store. */
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

/** What the bounds job tells of a split. */
type SplitFacts = Pick<RunManifest['datasets'][number], 'hospitals' | 'findings'>;

function generatorOf(job: TrainJob): GeneratorKey {
  return {
    dataset: job.dataset.name,
    trainer: job.generator.trainer,
    variant: job.generator.variant,
    seed: job.seed,
  };
}

async function json(folder: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, name), 'utf8'));
}

/** Runs a whole suite and writes the run folder (without the report). */
export async function runSuite(suite: Suite, options: RunOptions): Promise<RunResults> {
  const plan = await planSuite(suite, options);
  // Whatever is wrong with the data is found here, before anything is written.
  for (const dataset of plan.datasets) await preparedSplit(dataset);
  const jobs: Job[] = [...plan.bounds, ...plan.training, ...plan.scoring];
  await mkdir(options.out, { recursive: true });
  await mkdir(options.store, { recursive: true });
  const store = new Store(options.store);
  await store.sweep();
  const log = new EventLog(join(options.out, 'events.jsonl'));
  const progress = new Progress(jobs, { quiet: options.quiet, stream: process.stderr });
  const pool = new WorkerPool(options.workers);
  const versions = productVersions();
  let outcomes: Outcomes;
  let finished = 0;
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Interrupted(finished, jobs.length));
    if (options.signal.aborted) stop();
    else options.signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    outcomes = await Promise.race([
      runPlan(plan, { pool, store, log, progress, versions, onEnd: () => finished++ }),
      aborted,
    ]);
  } finally {
    progress.stop();
    await pool.stop();
    await store.sweep();
    log.close();
  }
  const results = await gather(suite, plan, outcomes, options, versions);
  await writeRun(options.out, results);
  return results;
}

async function gather(
  suite: Suite,
  plan: Plan & { readonly datasets: readonly PreparedDataset[] },
  outcomes: Outcomes,
  options: RunOptions,
  versions: ReturnType<typeof productVersions>,
): Promise<RunResults> {
  const facts = new Map<PreparedDataset, SplitFacts>();
  const rows: RunResults['rows'][number][] = [];
  const figures: SiteFigures[] = [];
  const training: TrainingRecord[] = [];
  const failures: RunResults['failures'][number][] = [];
  for (const job of plan.bounds) {
    const outcome = outcomes.get(job);
    if (outcome?.state !== 'done') continue;
    facts.set(job.dataset, (await json(outcome.folder, 'split.json')) as SplitFacts);
    const real = (await json(outcome.folder, 'figures.json')) as FiguresOfSite[];
    figures.push(
      ...real.map((site) => ({
        dataset: job.dataset.name,
        trainer: 'real',
        variant: 'holdout',
        seed: 0,
        ...site,
      })),
    );
  }
  for (const job of plan.training) {
    const outcome = outcomes.get(job);
    const generator = generatorOf(job);
    if (outcome?.state !== 'done') continue;
    training.push({
      ...generator,
      ledger: (await json(outcome.folder, 'ledger.json')) as Ledger,
      seconds: outcome.seconds,
    });
    const place = join(generator.trainer, generator.variant, String(generator.seed));
    const below = plan.datasets.length > 1 ? join(generator.dataset, place) : place;
    await publish(join(outcome.folder, 'cohort'), join(options.out, 'cohorts', below));
    await publish(join(outcome.folder, 'model'), join(options.out, 'models', below));
  }
  for (const job of plan.scoring) {
    const outcome = outcomes.get(job);
    const generator = generatorOf(job.train);
    if (outcome?.state !== 'done') {
      failures.push({ ...generator, reason: outcome?.reason ?? 'not run' });
      continue;
    }
    const scored = (await json(outcome.folder, 'scores.json')) as ScoredSite[];
    rows.push(...scoreRows(suite.name, generator, scored, keyOf(job, versions)));
    const drawn = (await json(outcome.folder, 'figures.json')) as FiguresOfSite[];
    figures.push(...drawn.map((site) => ({ ...generator, ...site })));
  }
  return {
    manifest: manifestOf(suite, plan.datasets, facts, options),
    rows,
    figures,
    training,
    failures,
  };
}

function manifestOf(
  suite: Suite,
  datasets: readonly PreparedDataset[],
  facts: ReadonlyMap<PreparedDataset, SplitFacts>,
  options: RunOptions,
): RunManifest {
  return {
    format: 'fedehr-run',
    version: 1,
    suite: suite.name,
    config: suite,
    seeds: options.seeds ?? suite.seeds,
    engine: options.engine,
    versions: libraryVersions(),
    machine: machine(),
    datasets: datasets.map((dataset) => ({
      id: dataset.name,
      title: dataset.title,
      licence: dataset.licence,
      citation: dataset.citation,
      ...(facts.get(dataset) ?? { hospitals: [], findings: [] }),
      label: dataset.label,
      sha256: dataset.sha256,
    })),
  };
}
