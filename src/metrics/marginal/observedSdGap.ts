import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { momentGap } from './observedMoments.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.observed_sd_gap',
  version: 1,
  family: 'marginal',
  title: 'Spread gap',
  explanation:
    'How far the spread of a measurement is off, in standard deviations of the real values: 0 means the same spread, about 1 means none at all.',
  definition:
    'Mean over continuous features of |sd_real − sd_synthetic| / sd_train of the observed values of all steps (sample standard deviations, n − 1); the ratios sd_synthetic / sd_real are in the details. Zero sd_train: 0 when both sides are equal, else the feature is undefined. A feature with fewer than two observed values on a side has no worst value: it is left out, and named in absentOnOneSide when the other side has them. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 0.',
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No continuous feature has two observed values on both sides and a spread in train.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const observedSdGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  momentGap(descriptor, inputs, parameters, random, 1),
);
