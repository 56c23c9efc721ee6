import type { Cohort } from '../../cohort/types.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { quantityKs } from './stayQuantities.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.event_count_ks',
  version: 1,
  family: 'marginal',
  title: 'Number of values, KS distance',
  explanation:
    'How differently many values a stay holds: 0 means as many as in real stays, 1 means no number in common.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic of the number of observed values of a stay, over all features and steps; stays without any count with 0. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939) of the number of events, as RawMed; values of a grid as events: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const eventCountKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  quantityKs(descriptor, inputs, parameters, random, { name: 'observed values', of: observedValues }),
);

function observedValues({ observed, schema }: Cohort, stay: number): number {
  const cells = schema.steps * schema.features.length;
  let count = 0;
  for (let cell = stay * cells; cell < (stay + 1) * cells; cell++) count += observed[cell]!;
  return count;
}
