import { dirname, resolve } from 'node:path';
import { documentFault } from '../cohort/documentFault.js';
import { InputError } from '../cohort/inputError.js';
import { didYouMean } from '../cohort/nearestName.js';
import { folderHashes, readDescription } from '../cohort/readCohort.js';
import type { CohortSchema } from '../cohort/types.js';
import { resolveDataset } from '../datasets/resolveDataset.js';
import type { EngineName } from '../engine/contract.js';
import { metricNamed, metricsOf } from '../metrics/selection.js';
import type { Suite, SuiteDataset } from '../suite/schema.js';
import { expandVariants, type Variant } from '../suite/variants.js';
import { trainerById } from '../trainers/index.js';
import { datasetName, type Plan, type PreparedDataset, type ScoreJob, type TrainJob } from './plan.js';

export interface PlanOptions {
  /** Suite file; dataset paths are relative to it. */
  readonly file: string;
  readonly engine: EngineName;
  /** Replaces the suite's time limit of a metric, in seconds. */
  readonly metricTimeout?: number;
  /** Replaces the suite's seeds. */
  readonly seeds?: readonly number[];
  /** Keeps only jobs whose trainer (and dataset) is named: trainers (`fedavg`, all variants) or variants (`fedehr-gen/raw`). */
  readonly only?: { readonly trainers?: readonly string[]; readonly datasets?: readonly string[] };
}

/** Fills in a trainer's defaults; a wrong or unknown parameter is an InputError with its path and the likely meaning. */
export function checkedParameters(
  trainer: string,
  parameters: Readonly<Record<string, unknown>>,
  file: string,
): Readonly<Record<string, unknown>> {
  const { parameters: schema } = trainerById(trainer);
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  throw documentFault(parsed.error, schema, parameters, `${file}, parameters of ${trainer}`);
}

/** A cohort folder of the user's as a dataset. */
async function folderDataset(
  folder: string,
): Promise<{ schema: CohortSchema; sha256: Record<string, string> }> {
  const { schema } = await readDescription(folder);
  return { schema, sha256: await folderHashes(folder) };
}

async function prepared(dataset: SuiteDataset, suite: Suite, file: string): Promise<PreparedDataset> {
  const name = datasetName(dataset);
  const folder = resolve(dirname(file), dataset.path ?? '.');
  const shipped =
    dataset.id === undefined
      ? null
      : await resolveDataset(dataset.id, dataset.parameters, `${file}, dataset ${dataset.id}`);
  const { schema, sha256 } = shipped ?? (await folderDataset(folder));
  const labels = schema.labels.map((label) => label.name);
  if (dataset.label !== undefined && !labels.includes(dataset.label)) {
    throw new InputError({
      file,
      place: `dataset ${name}, label`,
      expected:
        labels.length === 0
          ? 'no label, since the cohort has none'
          : `one of the labels ${labels.join(', ')}`,
      found: `'${dataset.label}'`,
      remedy: didYouMean(dataset.label, labels),
    });
  }
  return {
    name,
    source: shipped === null ? { path: folder } : { id: shipped.id, parameters: shipped.parameters },
    title: schema.name,
    licence: schema.provenance.licence,
    citation: schema.provenance.citation ?? '',
    patientsPerHospital: dataset.patientsPerHospital ?? null,
    steps: dataset.steps ?? null,
    label: dataset.label ?? labels[0] ?? null,
    split: suite.split,
    sha256,
  };
}

/** How `--only` and tables name a generator: the trainer, which stands for all of its variants, and the variant itself. */
const namesOf = ({ trainer, variant }: Variant): readonly string[] => [trainer, `${trainer}/${variant}`];

/** Most trainings of one run. */
const mostJobs = 100_000;

/** Equal names would give rows and folders that nobody can tell apart. */
function requireDifferent(what: string, names: readonly string[], file: string): void {
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice === undefined) return;
  throw new InputError({
    file,
    place: what,
    expected: 'every entry once',
    found: `${twice} twice`,
    remedy: 'Remove one of them.',
  });
}

function requireKnown(what: string, wanted: readonly string[] | undefined, known: readonly string[]): void {
  const unknown = wanted?.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError({
    place: '--only',
    expected: `a ${what} of the suite`,
    found: `'${unknown}'`,
    remedy: didYouMean(unknown, [...new Set(known)]),
  });
}

/**
 * Turns a suite into jobs, in file order: dataset × trainer × variant × seed. Everything that can be wrong with names
 * and parameters is found here, before any work starts.
 */
export async function planSuite(
  suite: Suite,
  options: PlanOptions,
): Promise<Plan & { readonly datasets: readonly PreparedDataset[] }> {
  const { file, engine, only } = options;
  const seeds = options.seeds ?? suite.seeds;
  const configured: Variant[] = [];
  for (const variant of expandVariants(suite.trainers)) {
    const parameters = checkedParameters(variant.trainer, variant.parameters, file);
    const trainer = trainerById(variant.trainer);
    const place = `${file}, parameters of ${variant.trainer}/${variant.variant}`;
    configured.push({
      ...variant,
      parameters: (await trainer.prepare?.(parameters, dirname(file), place)) ?? parameters,
    });
  }
  const references = suite.references.map((trainer): Variant => ({
    trainer,
    variant: 'default',
    parameters: checkedParameters(trainer, {}, file),
  }));
  metricsOf(suite.metrics);
  for (const { metric } of suite.primary ?? []) metricNamed(metric);
  const generators = [...configured, ...references];
  requireDifferent(
    'generators',
    generators.map((generator) => namesOf(generator)[1]!),
    file,
  );
  requireDifferent('seeds', seeds.map(String), file);
  requireDifferent('datasets', suite.datasets.map(datasetName), file);
  requireKnown('trainer', only?.trainers, generators.flatMap(namesOf));
  requireKnown('dataset', only?.datasets, suite.datasets.map(datasetName));
  const count = suite.datasets.length * seeds.length * generators.length;
  if (count > mostJobs)
    throw new InputError({
      file,
      place: 'datasets, seeds and trainers',
      expected: `at most ${mostJobs} trainings`,
      found: `${count}`,
      remedy: 'Write several suites.',
    });
  const datasets: PreparedDataset[] = [];
  for (const dataset of suite.datasets) {
    if (only?.datasets && !only.datasets.includes(datasetName(dataset))) continue;
    datasets.push(await prepared(dataset, suite, file));
  }
  const training: TrainJob[] = [];
  const scoring: ScoreJob[] = [];
  const suiteScoring = {
    metrics: suite.metrics,
    resamples: suite.resamples ?? null,
    seed: suite.split.seed,
    metricTimeout: options.metricTimeout ?? suite.metricTimeout,
  };
  for (const dataset of datasets) {
    for (const seed of seeds) {
      for (const generator of generators) {
        if (only?.trainers && !namesOf(generator).some((name) => only.trainers!.includes(name))) continue;
        const trainer = trainerById(generator.trainer);
        const reference = trainer.kind === 'reference';
        const job: TrainJob = {
          kind: 'train',
          dataset,
          generator,
          trainerVersion: trainer.version,
          seed,
          size: suite.synthetic.size,
          engine,
        };
        if (!reference) training.push(job);
        scoring.push({ kind: 'score', train: job, reference, scoring: suiteScoring });
      }
    }
  }
  if (scoring.length === 0) {
    throw new InputError({
      file,
      expected: 'at least one generator to train or score',
      found: 'none',
      remedy: 'Name trainers or references in the suite, or widen --only.',
    });
  }
  return {
    training,
    bounds: datasets.map((dataset) => ({ kind: 'bounds', dataset, scoring: suiteScoring })),
    scoring,
    datasets,
  };
}
