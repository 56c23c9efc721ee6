import { additiveGap } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { crossLagCorrelations } from './crossLagCorrelations.js';
import { lagLimit } from './lagLimit.js';

/** Fewest pairs of steps behind a correlation, in each cohort. */
const MIN_JOINT = 100;
/** Largest lag, in steps of the grid. */
const MAX_LAG = 1;
/** |r| of the real cohort above which a pair counts as strong in the second variant. */
const STRONG = 0.3;

const descriptor: MetricDescriptor = {
  id: 'temporal.cross_lag_gap',
  version: 1,
  family: 'temporal',
  title: 'Cross-lag gap',
  explanation:
    'How differently one measurement goes together with another one in the same and in the next hour: 0 means the same correlations as in real stays.',
  definition: `Mean of |r_real − r_synthetic| over pairs of different continuous or binary features at lags k = 0…min(maxLag, T − 1) (maxLag ${MAX_LAG} unless given): r = Pearson correlation of x_f(t) with x_g(t + k) over all steps of the same stay at which both are observed, at their true distance; unordered pairs at lag 0, ordered ones beyond. A feature with itself is temporal.acf_gap. Pairs are left out and counted when a side is constant or has fewer than minJoint (${MIN_JOINT} unless given) such steps in either cohort. With threshold, only pairs with |r_real| above it, which noise pairs do not dilute. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 2].`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No pair of features has a correlation in both cohorts, or with threshold none is that strong in the real one.',
  variants: {
    fast: AGAINST_HOLDOUT_AND_TRAIN,
    full: [
      ...AGAINST_HOLDOUT_AND_TRAIN,
      ...AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, threshold: STRONG })),
    ],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const crossLagGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const maxLag = lagLimit(parameters, MAX_LAG, 0, inputs.holdout);
  const minJoint = numberParameter(parameters, 'minJoint', MIN_JOINT);
  const threshold = numberParameter(parameters, 'threshold', -1);
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    crossLagCorrelations(maxLag, minJoint),
    (synthetic, real) => meanGapOfStrong(synthetic, real, threshold),
    `no-defined-pair: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: featuresWhere(cohort, isNumeric).names,
      pairs: real.length,
      maxLag,
      strongPairs: real.reduce((count, r) => count + (Math.abs(r) > threshold ? 1 : 0), 0),
      undefinedInReal: real.reduce((count, r) => count + (Number.isNaN(r) ? 1 : 0), 0),
      undefinedInSynthetic: synthetic.reduce((count, r) => count + (Number.isNaN(r) ? 1 : 0), 0),
    }),
  );
});

/** Mean |a − b| over the positions defined in both with |b| above the threshold; null when there is none. */
function meanGapOfStrong(synthetic: Float64Array, real: Float64Array, threshold: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < real.length; i++) {
    const difference = Math.abs(synthetic[i]! - real[i]!);
    if (Number.isNaN(difference) || Math.abs(real[i]!) <= threshold) continue;
    sum += difference;
    count++;
  }
  return count === 0 ? null : sum / count;
}
