import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { prevalenceAgreement, PREVALENCE_POINTS, PREVALENCE_VARIANTS } from './prevalenceAgreement.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_mae',
  version: 1,
  family: 'marginal',
  title: 'Prevalence error (MAE)',
  explanation: 'How far the share of stays with a drug or a code is off on average: 0 means the same shares.',
  definition: `Mean of |p_synthetic − p_real|; absolute, since relative errors (MAPE, RMSPE) would drop codes that never occur in one cohort. ${PREVALENCE_POINTS} Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].`,
  source:
    'Mean absolute error of dimension-wise probabilities (medGAN: Choi et al. 2017); the points by code and step: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'There are no codes, or a cohort has no hours.',
  variants: { full: [...AGAINST_HOLDOUT_AND_TRAIN, ...PREVALENCE_VARIANTS] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const prevalenceMae = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  prevalenceAgreement(descriptor, inputs, parameters, random, 'mae'),
);
