import type { Cohort } from '../../cohort/types.js';
import type { SortedSample } from '../../stats/twoSample.js';
import { AGAINST_HOLDOUT_AND_TRAIN, featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { choiceParameter } from '../parameters.js';
import { sampleKs } from './sampleKs.js';
import { FEATURE_STATISTICS, lengthsOfStays, sequenceStatistics } from './sequenceStatistics.js';

const STATISTICS = ['all', ...FEATURE_STATISTICS, 'length'] as const;

const descriptor: MetricDescriptor = {
  id: 'temporal.sequence_statistics_ks',
  version: 1,
  family: 'temporal',
  title: 'Statistics of stays, KS distance',
  explanation:
    'How differently single patients run: their own mean, spread, extremes and trend of every measurement. 0 means the same range of patients as in reality.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic of one number a stay: mean, median, standard deviation (n − 1), smallest, largest and least-squares slope per hour of the observed values of each continuous or binary feature (each a mean over features), and the length in steps; then the mean over these seven statistics, or the one that parameter statistic names. A stay without the one value that a statistic needs (two for standard deviation and slope) is left out of that statistic alone. A feature whose statistic exists on exactly one side counts 1. SDMetrics StatisticMSAS is 1 − KS of single ones. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'SDMetrics gives 1 − it as StatisticMSAS for one statistic; slope, length and the mean over statistics: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'The statistic is undefined for all stays of both cohorts.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const sequenceStatisticsKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const wanted = choiceParameter(parameters, 'statistic', STATISTICS);
  const { index, names } = featuresWhere(inputs.holdout, isNumeric);
  const ofFeatures = FEATURE_STATISTICS.filter((name) => wanted === 'all' || wanted === name);
  const withLength = wanted === 'all' || wanted === 'length';
  const samplesOf = (cohort: Cohort): readonly SortedSample[] => [
    ...ofFeatures.flatMap((name) => index.map((f) => sequenceStatistics(cohort, f).get(name)!)),
    ...(withLength ? [lengthsOfStays(cohort)] : []),
  ];
  const perStatistic = (values: readonly (number | null)[]): (number | null)[] => [
    ...ofFeatures.map((_, s) => meanOfDefined(values.slice(s * index.length, (s + 1) * index.length))),
    ...(withLength ? [values.at(-1)!] : []),
  ];
  return sampleKs(
    descriptor,
    inputs,
    parameters,
    random,
    samplesOf,
    (values) => ({
      features: names,
      values: index.map((_, i) => meanOfDefined(ofFeatures.map((_, s) => values[s * index.length + i]!))),
      statistics: [...ofFeatures, ...(withLength ? ['length'] : [])],
      valuesOfStatistics: perStatistic(values),
    }),
    (values) => meanOfDefined(perStatistic(values)),
  );
});
