import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { prevalenceAgreement, PREVALENCE_POINTS, PREVALENCE_VARIANTS } from './prevalenceAgreement.js';

/** Codes that fewer than 1 % of the training stays have. */
const RARE = ['holdout', 'train'].map((against) => ({ against, by: 'stay', below: 0.01 }));

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_r2',
  version: 2,
  family: 'marginal',
  title: 'Prevalence R²',
  explanation:
    'How closely the share of stays with a drug or a code follows the real share, hour by hour: 1 means the same shares.',
  definition: `R² around the identity line, 1 − Σ(p_synthetic − p_real)² / Σ(p_real − mean p_real)². ${PREVALENCE_POINTS} A line fitted to the points (squared Pearson correlation, which some papers call R²) would forgive a constant bias; it is given in the details. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 1.`,
  source:
    'Dimension-wise probabilities (medGAN: Choi et al. 2017); R² around the identity line, by code and step: this project.',
  direction: 'higher',
  ideal: 1,
  range: [null, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'Every code has the same real prevalence at every point, or a cohort has no hours, or no code is as rare as wanted.',
  variants: {
    fast: AGAINST_HOLDOUT_AND_TRAIN,
    full: [...AGAINST_HOLDOUT_AND_TRAIN, ...PREVALENCE_VARIANTS, ...RARE],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const prevalenceR2 = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  prevalenceAgreement(descriptor, inputs, parameters, random, 'r2'),
);
