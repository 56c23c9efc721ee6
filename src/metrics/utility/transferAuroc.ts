import type { Cohort } from '../../cohort/types.js';
import { delong } from '../../stats/auroc.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import { rocDetail } from '../rocGrid.js';
import { byOutcome, transfer } from './transfer.js';

/** Parameter sets of the utility metrics; logistic regression is the headline. */
export const MODELS: readonly MetricParameters[] = [{ model: 'logistic' }, { model: 'forest' }];

/** When utility metrics have no value. */
export const UTILITY_UNDEFINED: MetricDescriptor['undefinedWhen'] =
  'The cohort has no label; the holdout has fewer than two stays of a class; the training side has one class only (single-class-train) or no varying predictor.';

/** AUROC on the holdout, with its DeLong interval and ROC curve, of a model trained on the given cohort. */
export async function transferAuroc(
  training: Cohort,
  inputs: MetricInputs,
  parameters: MetricParameters,
): Promise<Result> {
  const n = training.size + inputs.holdout.size;
  const scored = await transfer(training, inputs.holdout, inputs.label, parameters['model'] ?? 'logistic');
  if ('reason' in scored) return undefinedResult(scored.reason, n);
  const { positives, negatives } = byOutcome(scored);
  if (positives.length < 2 || negatives.length < 2)
    return undefinedResult('single-class-test: the holdout has fewer than two stays of a class', n);
  const estimate = delong(positives, negatives);
  return okResult(estimate.value, estimate, n, {
    roc: rocDetail(positives, negatives),
    testPrevalence: positives.length / scored.outcome.length,
    trainingPrevalence: scored.trainingPositives / scored.trainingStays,
  });
}
