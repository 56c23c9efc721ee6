import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import type { Random } from '../../engine/random.js';
import { trainingArms } from './classRatio.js';
import type { Examples, Prediction } from './examples.js';
import { seedDetail } from '../seedDetail.js';
import { labelTask } from './tasks.js';
import { bootstrapInterval, unitWeights, type WeightedStatistic } from './testResamples.js';
import { learningSettings, transfer, type Transfer } from './transfer.js';
import { prevalences, withTestClasses } from './transferAuroc.js';

/** A score of predictions as a function of how often every test stay counts. */
export type PredictionScore = (prediction: Prediction, test: Examples) => WeightedStatistic;

/** What belongs to a score besides its value. */
export interface ScoreOptions {
  readonly score: PredictionScore;
  readonly range: MetricDescriptor['range'];
  /** Why the score has no value although both classes are there, `code: words`. */
  readonly withoutValue: string;
  /** How often every test stay counts; once by default. */
  readonly weights?: (test: Examples) => Uint16Array;
  readonly detail?: (scored: Transfer, weights: Uint16Array) => Readonly<Record<string, unknown>>;
}

/**
 * A score on real holdout stays of the model trained on synthetic ones: mean over evaluation seeds, interval from
 * resampling test patients, stratified by label.
 */
export async function transferScore(
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  options: ScoreOptions,
): Promise<Result> {
  const { holdout, synthetic, label, resamples } = inputs;
  const n = synthetic.size + holdout.size;
  const arm = trainingArms(inputs, parameters).synthetic;
  const scored = withTestClasses(
    await transfer(arm, holdout, labelTask(label), learningSettings(parameters)),
  );
  if ('reason' in scored) return undefinedResult(scored.reason, n);
  const { predictions, test } = scored;
  const statistics = predictions.map((prediction) => options.score(prediction, test));
  const counted = options.weights?.(test) ?? unitWeights(test.outcome.length);
  const bySeed = statistics.map((statistic) => statistic(counted));
  const value = meanOfAll(bySeed);
  if (value === null) return undefinedResult(options.withoutValue, n);
  const resampled: WeightedStatistic = (weights) => {
    const both = counted.map((count, i) => count * weights[i]!);
    return meanOfAll(statistics.map((statistic) => statistic(both)));
  };
  return okResult(value, bootstrapInterval(value, resampled, test, resamples, random, options.range), n, {
    ...prevalences(scored),
    ...seedDetail(bySeed.filter((entry) => entry !== null)),
    ...options.detail?.(scored, counted),
  });
}

/** Null when an entry is: a mean over the seeds that happened to have a value would flatter the model. */
function meanOfAll(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}
