import type { Cohort } from '../../cohort/types.js';
import type { MetricDescriptor } from '../contract.js';
import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort, featuresWhere } from '../comparison.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { featureDistances, sortedFeature } from './sortedFeatures.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.wasserstein',
  version: 2,
  family: 'marginal',
  title: 'Wasserstein distance',
  explanation:
    'How far, on average, values would have to be moved to turn the synthetic distribution of a measurement into the real one, in standard deviations of the real values.',
  definition:
    'Mean over continuous features of ∫|F_real − F_synthetic| / sd_train on observed values of all steps (Wasserstein-1, z-scale; sd_train = population standard deviation of the training values). Zero sd_train: 0 when both sides hold that one value only, else the feature is undefined. A feature without observed values on exactly one side has no worst value: it is left out and named in absentOnOneSide. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 0.',
  source:
    'Wasserstein-1 distance in one dimension (as scipy.stats.wasserstein_distance); the scale and the mean over features: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No continuous feature has observed values on both sides and a spread in train.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const wasserstein = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, train, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const n = synthetic.size + real.size;
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const numeric = featuresWhere(real, (kind) => kind !== 'categorical');
  const distances = featureDistances(synthetic, real, numeric.index, resamples, seeds);
  const continuous = numeric.index.map((f) => real.schema.features[f]!.kind === 'continuous');
  const scale = numeric.index.map((f) => standardDeviation(train, f));
  const zScaled = (row: (typeof distances)['point']): (number | null)[] =>
    row.map((pair, i) => {
      const sd = scale[i] ?? null;
      if (continuous[i] !== true || pair === null || sd === null) return null;
      if (sd > 0) return pair.wasserstein / sd;
      return pair.wasserstein === 0 ? 0 : null;
    });
  const values = zScaled(distances.point);
  const value = meanOfDefined(values);
  if (value === null) return undefinedResult(`no-comparable-feature: ${descriptor.undefinedWhen}`, n);
  const standardError = bootstrapStandardError(distances.resampled.map((row) => meanOfDefined(zScaled(row))));
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    {
      features: numeric.names.filter((_, i) => continuous[i]),
      values: values.filter((_, i) => continuous[i]),
      absentOnOneSide: numeric.names.filter((_, i) => {
        const f = numeric.index[i]!;
        const sizes = [sortedFeature(synthetic, f).values.length, sortedFeature(real, f).values.length];
        return continuous[i] === true && sizes.includes(0) && sizes[0] !== sizes[1];
      }),
    },
  );
});

/** Population standard deviation of a feature's observed values; null without any. */
function standardDeviation(cohort: Cohort, feature: number): number | null {
  const { values } = sortedFeature(cohort, feature);
  if (values.length === 0) return null;
  let mean = 0;
  for (const value of values) mean += value;
  mean /= values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}
