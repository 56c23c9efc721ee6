import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { quantityKs } from './stayQuantities.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.length_ks',
  version: 1,
  family: 'marginal',
  title: 'Length of stay, KS distance',
  explanation:
    'How differently long the stays are on the time grid: 0 means the same lengths, 1 means no length in common.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic of the number of steps of a stay (its visits, where a step is a visit); a grid that ends before the stay does cuts both sides alike. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); SDMetrics gives 1 − it as SequenceLengthSimilarity.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const lengthKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  quantityKs(descriptor, inputs, parameters, random, {
    name: 'length',
    of: (cohort, stay) => cohort.length[stay]!,
  }),
);
