import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { codeSupport } from './codeSupport.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.codes_invented',
  version: 1,
  family: 'marginal',
  title: 'Codes invented',
  explanation:
    'How many codes or levels occur in synthetic stays but in no real one: 0 means none was invented.',
  definition:
    'Number of codes that occur in at least one synthetic stay and in no real one. Against the holdout that includes codes which train has; against train they are the generator’s own. Codes: binary features recorded as 1 and levels of categorical ones; where the schema has neither, whether each feature was observed. Small cohorts lack rare codes by chance: compare with the ceiling. Details: the share of the codes of the synthetic cohort, and the names of at most 100 of them, most frequent first. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped at 0; resampled patients lack more codes than the cohort, so their percentiles are not used.',
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, null],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'The real cohort has no code at all.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const codesInvented = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  codeSupport(descriptor, inputs, parameters, random, 'invented'),
);
