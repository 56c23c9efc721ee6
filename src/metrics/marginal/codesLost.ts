import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { codeSupport } from './codeSupport.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.codes_lost',
  version: 1,
  family: 'marginal',
  title: 'Codes lost',
  explanation:
    'How many codes or levels that real patients have never occur in the synthetic stays: 0 means none was forgotten.',
  definition:
    'Number of codes that occur in at least one real stay and in no synthetic one. Codes: binary features recorded as 1 and levels of categorical ones; where the schema has neither, whether each feature was observed. Small cohorts lack rare codes by chance: compare with the ceiling. Details: the share of the codes of the real cohort, and the names of at most 100 of them, most frequent first (only those that at least 11 real patients have). Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 0; resampled patients lack more codes than the cohort, so their percentiles are not used.',
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'The real cohort has no code at all.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const codesLost = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  codeSupport(descriptor, inputs, parameters, random, 'lost'),
);
