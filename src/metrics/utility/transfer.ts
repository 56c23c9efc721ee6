import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import type { MetricParameters } from '../contract.js';
import { numberParameter } from '../parameters.js';
import { classifierNamed } from './classifiers.js';
import { matchedClassRatio, type TrainingArm } from './classRatio.js';
import { fitDesign } from './design.js';
import {
  isOneClass,
  joinExamples,
  takeExamples,
  type Examples,
  type Fitted,
  type NoTransfer,
  type Prediction,
} from './examples.js';
import type { Task } from './tasks.js';
import { TransferCache } from './transferCache.js';

/** Models trained on one side, one an evaluation seed, and what they say about a test side that they never saw. */
export interface Transfer {
  readonly models: readonly Fitted[];
  readonly predictions: readonly Prediction[];
  readonly test: Examples;
  readonly trainingStays: number;
  readonly trainingPositives: number;
}

/** The model and how often it is trained. */
export interface LearningSettings {
  readonly model: string;
  readonly seeds: number;
}

/** `model` and `seeds` among the parameters of a metric; models without chance are trained once. */
export function learningSettings(parameters: MetricParameters): LearningSettings {
  const model = String(parameters['model'] ?? 'logistic');
  const { seeded } = classifierNamed(model);
  const seeds = numberParameter(parameters, 'seeds', 1);
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new InputError({
      expected: 'a whole number from 1',
      found: String(seeds),
      place: 'metric parameter seeds',
      remedy: 'Leave it out for one training.',
    });
  return { model, seeds: seeded ? seeds : 1 };
}

const cache = new TransferCache<Promise<Transfer | NoTransfer>>();

/**
 * Trains on one cohort and scores another; scaling, bins and encoders are fitted on the training side, the test side is
 * taken as it is. Computed once per pair of cohorts, task, model and class ratio.
 */
export function transfer(
  arm: TrainingArm,
  test: Cohort,
  task: Task | NoTransfer,
  settings: LearningSettings,
): Promise<Transfer | NoTransfer> {
  if ('reason' in task) return Promise.resolve(task);
  const { cohort, added, partner } = arm;
  const others = [added, partner?.cohort].filter((other) => other !== undefined);
  const side = `${partner?.role ?? 'alone'}${added === undefined ? '' : ' added'}`;
  const key = `${task.name} ${settings.model} ${settings.seeds} ${side}`;
  return cache.get([cohort, test, ...others], key, () => {
    const alone = task.examples(cohort);
    const own = added === undefined ? alone : joinExamples(alone, task.examples(added));
    const target = task.examples(test);
    if (isOneClass(target.outcome))
      return Promise.resolve({ reason: 'single-class-test: the test side has stays of one class only' });
    if (isOneClass(own.outcome)) return Promise.resolve(SINGLE_CLASS_TRAIN);
    if (partner === undefined) return learn(own, target, settings);
    const other = task.examples(partner.cohort);
    if (isOneClass(other.outcome)) return Promise.resolve(SINGLE_CLASS_TRAIN);
    const [real, synthetic] = partner.role === 'real' ? [other, own] : [own, other];
    const rows = matchedClassRatio(real.outcome, synthetic.outcome);
    const matched = takeExamples(own, partner.role === 'real' ? rows.synthetic : rows.real);
    return learn(matched, target, settings);
  });
}

const SINGLE_CLASS_TRAIN: NoTransfer = {
  reason: 'single-class-train: the training side has stays of one class only',
};

/** Trains the model of the settings on one side, once a seed, and scores the other. */
export async function learn(
  training: Examples,
  test: Examples,
  { model, seeds }: LearningSettings,
): Promise<Transfer | NoTransfer> {
  if (fitDesign(training.table).columns === 0)
    return { reason: 'no-predictor: no summary column varies on the training side' };
  const models: Fitted[] = [];
  const predictions: Prediction[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const fitted = await classifierNamed(model).fit(training, seed);
    models.push(fitted);
    predictions.push(await fitted.predict(test));
  }
  return {
    models,
    predictions,
    test,
    trainingStays: training.outcome.length,
    trainingPositives: training.outcome.reduce((sum, value) => sum + value, 0),
  };
}
