import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { prevalenceAgreement, PREVALENCE_POINTS, PREVALENCE_VARIANTS } from './prevalenceAgreement.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_pearson',
  version: 1,
  family: 'marginal',
  title: 'Prevalence correlation',
  explanation:
    'Whether codes that are common in real stays are common in synthetic ones too: 1 means the shares lie on one rising line, which need not be the right one.',
  definition: `Pearson correlation of p_synthetic and p_real. ${PREVALENCE_POINTS} A constant or proportional bias does not lower it: read it beside marginal.prevalence_r2 and marginal.prevalence_mae. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [−1, 1].`,
  source:
    'Pearson correlation of dimension-wise probabilities (medGAN: Choi et al. 2017); the points by code and step: this project.',
  direction: 'higher',
  ideal: 1,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Prevalences of a side are all the same, or a cohort has no hours.',
  variants: { full: [...AGAINST_HOLDOUT_AND_TRAIN, ...PREVALENCE_VARIANTS] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const prevalencePearson = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  prevalenceAgreement(descriptor, inputs, parameters, random, 'pearson'),
);
