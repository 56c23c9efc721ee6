import { additiveGap, definedOrNull } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { numberParameter } from '../parameters.js';
import { autocorrelations } from './autocorrelations.js';

/** Fewest pairs of steps for an autocorrelation, in each cohort. */
export const MIN_PAIRS = 30;
/** Largest lag, in steps of the grid. */
export const MAX_LAG = 5;

const descriptor: MetricDescriptor = {
  id: 'temporal.acf_gap',
  version: 1,
  family: 'temporal',
  title: 'ACF gap',
  explanation:
    'How differently a measurement resembles itself some hours later: 0 means synthetic courses are as smooth or as jumpy as real ones.',
  definition: `Mean over features, and within a feature over lags k = 1…min(maxLag, T − 1) with equal weights (maxLag ${MAX_LAG} unless given), of |ρ_real(k) − ρ_synthetic(k)|. ρ(k) comes from pairs of steps (t, t + k) of the same stay that are both observed, at their true distance, centred by the pooled mean of the feature, stays weighted by their number of pairs. A lag with fewer than minPairs (${MIN_PAIRS} unless given) pairs or without variance in either cohort is undefined and counted. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 2].`,
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No feature has an autocorrelation at any lag in both cohorts (no variance or too few pairs).',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: true,
  bounds: 'reference-cohorts',
};

export const acfGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const lags = Math.min(numberParameter(parameters, 'maxLag', MAX_LAG), inputs.holdout.schema.steps - 1);
  const minPairs = numberParameter(parameters, 'minPairs', MIN_PAIRS);
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: real.length / lags }, (_, f) =>
      meanOfDefined(
        Array.from({ length: lags }, (_, k) =>
          definedOrNull(Math.abs(synthetic[f * lags + k]! - real[f * lags + k]!)),
        ),
      ),
    );
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    autocorrelations(lags, minPairs),
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
