import type { MetricDescriptor } from '../contract.js';
import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort, featuresWhere, isNumeric } from '../comparison.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { featureDistances, sortedFeature } from './sortedFeatures.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.ks',
  version: 2,
  family: 'marginal',
  title: 'KS distance',
  explanation:
    'How differently the values of single measurements are distributed: 0 means the same, 1 means no overlap at all.',
  definition:
    'Mean over continuous and binary features of the two-sample Kolmogorov–Smirnov statistic sup|F_real − F_synthetic| on observed values of all steps, distribution functions compared after whole groups of ties; missing values are excluded (marginal.missing_rate scores them). A feature without observed values on exactly one side counts 1, one without any on both sides is left out. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1]; resampled distances are biased upward, so their percentiles are not used.',
  misuse:
    'Missing values are left out: a cohort that measures at the wrong times or far too rarely can still score 0 (marginal.missing_rate). Independent columns score like fresh patients, so a good value says nothing about patients as a whole.',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); SDMetrics gives 1 − it as KSComplement. Absent features at the worst value: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No continuous or binary feature has an observed value on either side.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: true,
  bounds: 'reference-cohorts',
};

export const ks = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const n = synthetic.size + real.size;
  const { index, names } = featuresWhere(real, isNumeric);
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const distances = featureDistances(synthetic, real, index, resamples, seeds);
  const onOneSide = index.map(
    (f) => sortedFeature(synthetic, f).values.length > 0 !== sortedFeature(real, f).values.length > 0,
  );
  const perFeature = (row: (typeof distances)['point']): (number | null)[] =>
    row.map((pair, i) => pair?.ks ?? (onOneSide[i] === true ? 1 : null));
  const values = perFeature(distances.point);
  const value = meanOfDefined(values);
  if (value === null) return undefinedResult(`no-observed-values: ${descriptor.undefinedWhen}`, n);
  const standardError = bootstrapStandardError(
    distances.resampled.map((row) => meanOfDefined(perFeature(row))),
  );
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    {
      features: names,
      values,
      absentOnOneSide: names.filter((_, i) => onOneSide[i]),
    },
  );
});
