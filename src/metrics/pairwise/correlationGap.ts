import { additiveGap } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { correlations } from './correlations.js';

/** Fewest steps at which both features of a pair must be observed, in each cohort. */
export const MIN_JOINT = 100;

const descriptor: MetricDescriptor = {
  id: 'pairwise.correlation_gap',
  version: 2,
  family: 'pairwise',
  title: 'Correlation gap',
  explanation:
    'How differently pairs of measurements taken in the same hour go together: 0 means the same correlations as in real stays.',
  definition: `Mean over pairs of continuous or binary features of |r_real − r_synthetic|, r = Pearson correlation over all steps at which both are observed (pairwise complete, same step). Pairs are left out and counted when a side is constant or has fewer than minJoint (${MIN_JOINT} unless given) such steps in either cohort. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 2].`,
  misuse:
    'Most pairs of many features hardly correlate and are easily met: they pull the mean towards 0, so a good mean can hide lost strong pairs. Only linear links within the same hour count. Pairs left out are counted in the detail: look there before comparing.',
  source:
    'Mean absolute difference of Pearson correlations; SDMetrics gives 1 − half of it as CorrelationSimilarity. Pairwise-complete steps: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No pair of features has a correlation in both cohorts.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: true,
  bounds: 'reference-cohorts',
};

export const correlationGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    correlations(numberParameter(parameters, 'minJoint', MIN_JOINT)),
    meanAbsoluteDifference,
    `no-defined-pair: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: featuresWhere(cohort, isNumeric).names,
      pairs: real.length,
      undefinedInReal: countUndefined(real),
      undefinedInSynthetic: countUndefined(synthetic),
    }),
  ),
);

/** Mean |a − b| over the positions defined in both; null when there is none. */
function meanAbsoluteDifference(a: Float64Array, b: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) continue;
    sum += difference;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function countUndefined(values: Float64Array): number {
  return values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
}
