import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failedEnds, type Bounds } from '../metrics/bounds.js';
import type { ScoredSite } from '../metrics/scoreCohort.js';
import type { Suite } from '../suite/schema.js';
import type { Ledger } from '../trainers/contract.js';
import { scoreRows } from './assembleScores.js';
import type { GeneratorKey, RunManifest, RunResults, SiteFigures, TrainingRecord } from './contract.js';
import type { Outcomes } from './jobGraph.js';
import type { JobOutcome } from './jobRunner.js';
import { libraryVersions, machine } from './manifest.js';
import { keyOf, type Plan, type PreparedDataset, type TrainJob, type Versions } from './plan.js';
import type { PlanOptions } from './planSuite.js';
import { publish } from './runFolder.js';
import type { FiguresOfSite } from './siteFigures.js';
import { hiddenHospitals, type SplitCounts } from './splitCounts.js';

/** What the bounds job tells of a split. */
type SplitFacts = SplitCounts & Pick<RunManifest['datasets'][number], 'findings'>;

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

/**
 * Puts a training's cohort and model into the run folder as soon as it ended; what an earlier run left of a training that
 * failed now is removed, so that no cohort stands beside scores that are not its own.
 */
export async function publishTraining(
  job: TrainJob,
  outcome: JobOutcome,
  out: string,
  severalDatasets: boolean,
): Promise<void> {
  const { dataset, trainer, variant, seed } = generatorOf(job);
  const below = join(severalDatasets ? dataset : '.', trainer, variant, String(seed));
  for (const [product, kind, marker] of [
    ['cohort', 'cohorts', 'cohort.json'],
    ['model', 'models', 'model.json'],
  ] as const) {
    const target = join(out, kind, below);
    if (outcome.state === 'done') await publish(join(outcome.folder, product), target, marker);
    else if (outcome.state === 'failed') await rm(target, { recursive: true, force: true });
  }
}

function reasonOf(outcome: JobOutcome | undefined): { reason: string; input: boolean } {
  return outcome?.state === 'failed'
    ? { reason: outcome.reason, input: outcome.input }
    : { reason: 'not run', input: false };
}

/**
 * Everything that a run folder shows, from the products of a finished plan.
 *
 * @returns with `failedEnds`, the findings that say which floors and ceilings failed
 */
export async function gatherResults(
  suite: Suite,
  plan: Plan & { readonly datasets: readonly PreparedDataset[] },
  outcomes: Outcomes,
  options: PlanOptions,
  versions: Versions,
): Promise<RunResults & { readonly failedEnds: readonly string[] }> {
  const facts = new Map<PreparedDataset, SplitFacts>();
  const failed: string[] = [];
  const rows: RunResults['rows'][number][] = [];
  const figures: SiteFigures[] = [];
  const training: TrainingRecord[] = [];
  const failures: RunResults['failures'][number][] = [];
  for (const job of plan.bounds) {
    const outcome = outcomes.get(job);
    if (outcome?.state !== 'done') continue;
    const split = (await json(outcome.folder, 'split.json')) as SplitFacts;
    const ends = failedEnds((await json(outcome.folder, 'bounds.json')) as Bounds);
    facts.set(job.dataset, { ...split, findings: [...split.findings, ...ends] });
    failed.push(...ends);
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
      ledger: (await json(outcome.folder, join('model', 'ledger.json'))) as Ledger,
      seconds: outcome.seconds,
    });
  }
  for (const job of plan.scoring) {
    const outcome = outcomes.get(job);
    const generator = generatorOf(job.train);
    if (outcome?.state !== 'done') {
      failures.push({ ...generator, ...reasonOf(outcome) });
      continue;
    }
    const scored = (await json(outcome.folder, 'scores.json')) as ScoredSite[];
    const hidden = hiddenHospitals(facts.get(job.train.dataset) ?? { hospitals: [] });
    rows.push(...scoreRows(suite.name, generator, scored, keyOf(job, versions), hidden.size > 0));
    const drawn = (await json(outcome.folder, 'figures.json')) as FiguresOfSite[];
    figures.push(...drawn.map((site) => ({ ...generator, ...site })));
  }
  return {
    manifest: manifestOf(suite, plan.datasets, facts, options),
    rows,
    figures,
    training,
    failures,
    failedEnds: failed,
  };
}

function manifestOf(
  suite: Suite,
  datasets: readonly PreparedDataset[],
  facts: ReadonlyMap<PreparedDataset, SplitFacts>,
  options: PlanOptions,
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
