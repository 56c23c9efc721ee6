import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { prevalenceAgreement, PREVALENCE_POINTS, PREVALENCE_VARIANTS } from './prevalenceAgreement.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_rmse',
  version: 1,
  family: 'marginal',
  title: 'Prevalence error (RMSE)',
  explanation:
    'How far the share of stays with a drug or a code is off, large errors weighing more: 0 means the same shares.',
  definition: `Root of the mean of (p_synthetic − p_real)². ${PREVALENCE_POINTS} The mean is over all points, also those with p = 0 on both sides. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].`,
  source:
    'Root mean squared error of dimension-wise probabilities (medGAN: Choi et al. 2017); the points by code and step: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'There are no codes, or a cohort has no hours.',
  variants: { full: [...AGAINST_HOLDOUT_AND_TRAIN, ...PREVALENCE_VARIANTS] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const prevalenceRmse = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  prevalenceAgreement(descriptor, inputs, parameters, random, 'rmse'),
);
