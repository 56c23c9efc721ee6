import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { prevalenceAgreement, PREVALENCE_POINTS } from './prevalenceAgreement.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.prevalence_pearson_squared',
  version: 1,
  family: 'marginal',
  title: 'Prevalence Pearson² (paper)',
  explanation:
    'The “R²” of papers on synthetic codes: 1 means real and synthetic shares lie on one line, right or wrong, rising or falling.',
  definition: `Squared Pearson correlation of p_synthetic and p_real, what papers in the manner of HALO and PyHealth probably mean by “R² > 0.9” (inferred, not stated by them). Known flaws: a constant or proportional bias, and even a reversed order, costs nothing; rare codes hardly count. The interval here resamples patients, where PyHealth resamples codes and gets too narrow a one. The strict metric is marginal.prevalence_r2. ${PREVALENCE_POINTS} Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].`,
  source:
    'HALO (Theodorou et al. 2023) and PyHealth, as their “R²” is understood here; the interval: this project.',
  direction: 'higher',
  ideal: 1,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Prevalences of a side are all the same, or a cohort has no hours.',
  variants: { paper: ['train', 'holdout'].map((against) => ({ against, by: 'code' })) },
  headline: false,
  bounds: 'reference-cohorts',
};

export const prevalencePearsonSquared = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  prevalenceAgreement(descriptor, inputs, parameters, random, 'squaredPearson'),
);
