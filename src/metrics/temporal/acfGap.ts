import { additiveGap } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { choiceParameter, numberParameter } from '../parameters.js';
import { autocorrelations } from './autocorrelations.js';
import { LARGEST_LAG, lagLimit } from './lagLimit.js';

/** Fewest pairs of steps for an autocorrelation, in each cohort. */
export const MIN_PAIRS = 30;
/** Largest lag, in steps of the grid. */
export const MAX_LAG = 5;

const descriptor: MetricDescriptor = {
  id: 'temporal.acf_gap',
  version: 2,
  family: 'temporal',
  title: 'ACF gap',
  explanation:
    'How differently a measurement resembles itself some hours later: 0 means synthetic courses are as smooth or as jumpy as real ones.',
  definition: `Mean over features, and within a feature over lags k = 1…min(maxLag, T − 1) (maxLag ${MAX_LAG} unless given, at most ${LARGEST_LAG}) with equal weights, or with weights=inverse-lag in proportion to 1/k, of |ρ_real(k) − ρ_synthetic(k)|. ρ(k) comes from pairs of steps (t, t + k) of the same stay that are both observed, at their true distance, centred by the pooled mean of the feature, stays weighted by their number of pairs. centring=stay: every value first loses the mean of the feature within its own stay, so that lasting differences between patients no longer count as autocorrelation. A mean of absolute differences, unlike the root of the sum of squares of TSGBench's ACD, does not grow with lags and features. A lag with fewer than minPairs (${MIN_PAIRS} unless given) pairs or without variance in either cohort is undefined and counted. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 2].`,
  misuse:
    'Only single features over time count, not what one does to another (temporal.cross_lag_gap). With pooled centring lasting differences between patients count as memory; centring=stay tells courses from levels.',
  source:
    'Autocorrelation difference in the manner of TSGBench (ACD), which takes the root of the sum of squares; masked estimate, weights and centring: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No feature has an autocorrelation at any lag in both cohorts (no variance or too few pairs).',
  variants: {
    fast: AGAINST_HOLDOUT_AND_TRAIN,
    full: [
      ...AGAINST_HOLDOUT_AND_TRAIN,
      ...AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, centring: 'stay' })),
    ],
  },
  headline: true,
  bounds: 'reference-cohorts',
};

export const acfGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const lags = lagLimit(parameters, MAX_LAG, 1, inputs.holdout);
  const minPairs = numberParameter(parameters, 'minPairs', MIN_PAIRS);
  const centring = choiceParameter(parameters, 'centring', ['pooled', 'stay']);
  const byInverseLag = choiceParameter(parameters, 'weights', ['equal', 'inverse-lag']) === 'inverse-lag';
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: real.length / lags }, (_, f) => {
      let sum = 0;
      let weights = 0;
      for (let k = 0; k < lags; k++) {
        const gap = Math.abs(synthetic[f * lags + k]! - real[f * lags + k]!);
        if (Number.isNaN(gap)) continue;
        const weight = byInverseLag ? 1 / (k + 1) : 1;
        sum += weight * gap;
        weights += weight;
      }
      return weights === 0 ? null : sum / weights;
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    autocorrelations(lags, minPairs, centring),
    (synthetic, real) => (lags < 1 ? null : meanOfDefined(perFeature(synthetic, real))),
    `no-defined-lag: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(synthetic, real),
      lags,
      undefinedInReal: real.reduce((count, rho) => count + (Number.isNaN(rho) ? 1 : 0), 0),
      undefinedInSynthetic: synthetic.reduce((count, rho) => count + (Number.isNaN(rho) ? 1 : 0), 0),
    }),
  );
});
