import { readCohort } from '../cohort/readCohort.js';
import { InputError } from '../cohort/inputError.js';
import type { Cohort } from '../cohort/types.js';
import { requireLabel, requireUsable } from '../cohort/validate.js';
import type { EngineName } from '../engine/contract.js';
import { readSuite } from '../suite/readSuite.js';
import { suiteSchema, type Suite } from '../suite/schema.js';
import { withValue } from '../suite/variants.js';
import type { Ledger, TrainingEvent } from '../trainers/contract.js';
import { trainerById } from '../trainers/index.js';
import { writeModelFolder } from './modelFolder.js';
import type { TrainJob } from './plan.js';
import { checkedParameters, planSuite } from './planSuite.js';
import { preparedSplit } from './preparedSplit.js';

/** What a generator is trained on. */
export type TrainingSource =
  /** All stays of a cohort folder. */
  | { readonly kind: 'cohort'; readonly folder: string }
  /** The training part of a shipped dataset, split as a suite splits it by default. */
  | { readonly kind: 'dataset'; readonly id: string }
  /** The training part and the parameters of an entry of a suite file. */
  | { readonly kind: 'suite'; readonly file: string; readonly variant: string; readonly dataset?: string };

export interface TrainOptions {
  readonly trainer: string;
  readonly source: TrainingSource;
  /** Label that must exist in both classes. */
  readonly label?: string;
  /** Parameters by dotted path, set on top of the suite's or the defaults. */
  readonly settings: readonly (readonly [path: string, value: unknown])[];
  readonly seed: number;
  readonly engine: EngineName;
  /** Threads that the hospitals are spread over; decides no byte of the model. */
  readonly hospitalWorkers: number;
  /** Model folder to write. */
  readonly out: string;
  readonly signal: AbortSignal;
  emit(event: TrainingEvent): void;
}

export interface TrainedFolder {
  readonly stays: number;
  readonly hospitals: readonly string[];
  readonly ledger: Ledger;
}

function requireGenerator(id: string): void {
  const { kind, keepsModel } = trainerById(id);
  if (keepsModel === false)
    throw new InputError({
      expected: 'a trainer that keeps a model',
      found: `"${id}", which trains and draws in one go`,
      remedy: 'Name it in a suite file: `fedehr run` keeps the cohort that it writes.',
    });
  if (kind === 'generator') return;
  throw new InputError({
    expected: 'a trainer of the kind generator',
    found: `"${id}", a reference that is made of real rows`,
    remedy: 'References are never written to disk; name a generator, see `fedehr trainers`.',
  });
}

function suiteOf(dataset: string, trainer: string): Suite {
  return suiteSchema.parse({ name: 'train', datasets: [{ id: dataset }], trainers: [{ id: trainer }] });
}

/** The one job of a suite that is meant. */
async function jobOf(
  suite: Suite,
  file: string,
  options: TrainOptions,
  wanted: { readonly variant: string; readonly dataset?: string },
): Promise<TrainJob> {
  const { trainer, seed, engine } = options;
  const plan = await planSuite(suite, { file, engine, seeds: [seed] });
  const jobs = plan.training.filter(
    ({ generator, dataset }) =>
      generator.trainer === trainer &&
      generator.variant === wanted.variant &&
      (wanted.dataset === undefined || dataset.name === wanted.dataset),
  );
  if (jobs.length === 1) return jobs[0]!;
  const named = plan.training.map(
    ({ generator, dataset }) => `${generator.trainer}/${generator.variant} on ${dataset.name}`,
  );
  throw new InputError({
    file,
    expected: `one entry ${trainer}/${wanted.variant}${wanted.dataset === undefined ? '' : ` on ${wanted.dataset}`}`,
    found: jobs.length === 0 ? `none; there are ${named.join(', ')}` : `${jobs.length}`,
    remedy: jobs.length === 0 ? 'Name one of these with --variant.' : 'Choose one with --dataset.',
  });
}

async function cohortAndParameters(
  options: TrainOptions,
): Promise<{ cohort: Cohort; parameters: Readonly<Record<string, unknown>> }> {
  const { source } = options;
  if (source.kind === 'cohort') {
    const cohort = await readCohort(source.folder);
    requireUsable(cohort, source.folder);
    return { cohort, parameters: {} };
  }
  const job =
    source.kind === 'dataset'
      ? await jobOf(suiteOf(source.id, options.trainer), '--dataset', options, { variant: 'default' })
      : await jobOf(await readSuite(source.file), source.file, options, source);
  const { train } = await preparedSplit(job.dataset);
  return { cohort: train, parameters: job.generator.parameters };
}

/**
 * Trains one generator and writes its model folder, whole or not at all.
 *
 * @throws InputError for wrong names, parameters and data; TrainingFailure when the training cannot go on
 */
export async function trainModel(options: TrainOptions): Promise<TrainedFolder> {
  requireGenerator(options.trainer);
  const chosen = options.settings.reduce<Readonly<Record<string, unknown>>>(
    (tree, [path, value]) => withValue(tree, path.split('.'), value),
    {},
  );
  // Wrong settings are named before any data are read.
  checkedParameters(options.trainer, chosen, '--set');
  const { cohort, parameters } = await cohortAndParameters(options);
  if (options.label !== undefined) requireLabel(cohort, options.label, 'the training cohort');
  const generator = await trainerById(options.trainer).train({
    train: cohort,
    reference: cohort,
    parameters: checkedParameters(
      options.trainer,
      options.settings.reduce((tree, [path, value]) => withValue(tree, path.split('.'), value), parameters),
      '--set',
    ),
    seed: options.seed,
    engine: options.engine,
    lanes: options.hospitalWorkers,
    emit: (event) => options.emit(event),
    signal: options.signal,
  });
  try {
    options.signal.throwIfAborted();
    await writeModelFolder(generator, options.out);
    return { stays: cohort.size, hospitals: cohort.hospitals, ledger: generator.ledger };
  } finally {
    await generator.dispose();
  }
}
