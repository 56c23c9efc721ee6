import type { Cohort } from '../../cohort/types.js';
import { patientAuroc, aurocInfluence } from '../../stats/clusteredAuroc.js';
import type { MetricDescriptor, MetricParameters, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import { rocDetail } from '../rocGrid.js';
import { seedDetail } from '../seedDetail.js';
import type { TrainingArm } from './classRatio.js';
import { rowsByClass, type NoTransfer } from './examples.js';
import type { Task } from './tasks.js';
import { learningSettings, transfer, type Transfer } from './transfer.js';

/** Parameter sets of the headline utility metrics in preset fast; logistic regression is the headline. */
export const FAST_MODELS: readonly MetricParameters[] = [{ model: 'logistic' }, { model: 'forest' }];

/** Evaluation seeds of models with chance in preset full. */
const SEEDS = 5;

/** In preset full: the headline first, then the models whose training involves chance with several evaluation seeds. */
export const FULL_MODELS: readonly MetricParameters[] = [
  { model: 'logistic' },
  { model: 'forest', seeds: SEEDS },
  { model: 'boosting' },
];

/** The headline metrics also try a model that reads whole courses, not their summaries. */
export const GRU: MetricParameters = { model: 'gru', seeds: SEEDS };

/** For metrics that compare two training sides: the full models, and the headline with equal class ratios. */
export const FULL_ARMS: readonly MetricParameters[] = [
  ...FULL_MODELS,
  { model: 'logistic', classRatio: 'matched' },
];

/** When utility metrics have no value. */
export const UTILITY_UNDEFINED: MetricDescriptor['undefinedWhen'] =
  'The cohort has no label; the test side has fewer than two stays of a class (single-class-test); the training side has one class only (single-class-train) or no varying predictor.';

export const seedsDefinition =
  'seeds = trainings with different evaluation seeds, of models with chance: the value is their mean, its interval that of sampling test patients, and detail.seedSd the standard deviation over trainings, which is no part of it.';

/** Needed of each class on the test side. */
const SMALLEST_CLASS = 2;

/** The transfer when both classes of its test side have two stays or more; otherwise why it has no value. */
export function withTestClasses(scored: Transfer | NoTransfer): Transfer | NoTransfer {
  if ('reason' in scored) return scored;
  const smallest = Math.min(...rowsByClass(scored.test.outcome).map((rows) => rows.length));
  if (smallest >= SMALLEST_CLASS) return scored;
  return { reason: `single-class-test: the test side has fewer than ${SMALLEST_CLASS} stays of a class` };
}

/** AUROC on the test side, with its interval over test patients and ROC curve, of a model trained on the arm. */
export async function transferAuroc(
  arm: TrainingArm,
  test: Cohort,
  task: Task | NoTransfer,
  parameters: MetricParameters,
): Promise<Result> {
  const n = arm.cohort.size + test.size;
  const scored = withTestClasses(await transfer(arm, test, task, learningSettings(parameters)));
  if ('reason' in scored) return undefinedResult(scored.reason, n);
  const { outcome, patients } = scored.test;
  const scorings = scored.predictions.map(({ scores }) => scores);
  const estimate = patientAuroc(scorings, outcome, patients);
  const [negatives, positives] = rowsByClass(outcome);
  const of = (rows: readonly number[]): number[] => rows.map((row) => scorings[0]![row]!);
  return okResult(estimate.value, estimate, n, {
    roc: rocDetail(of(positives), of(negatives)),
    ...prevalences(scored),
    ...seedDetail(scorings.map((scores) => aurocInfluence([scores], outcome).value)),
  });
}

/** Share of positive stays on both sides. */
export function prevalences(scored: Transfer): {
  readonly testPrevalence: number;
  readonly trainingPrevalence: number;
} {
  const { outcome } = scored.test;
  return {
    testPrevalence: outcome.reduce((sum, value) => sum + value, 0) / outcome.length,
    trainingPrevalence: scored.trainingPositives / scored.trainingStays,
  };
}
