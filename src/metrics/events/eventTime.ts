import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { paperFormDefinition } from './convertedForm.js';
import { fidelityVariants, withoutEvents } from './eventSides.js';
import { sampleOfStays } from './eventTimes.js';
import { timeKs } from './timeKs.js';

const descriptor: MetricDescriptor = {
  id: 'events.time',
  version: 1,
  family: 'events',
  title: 'Time of events',
  explanation:
    'How differently events are spread over the hours of the observation window: 0 means the same, 1 no overlap.',
  definition: `Two-sample Kolmogorov–Smirnov statistic of the minutes from admission of all events of all tables (RawMed, Cho et al. 2025). mode=paper compares with train only and is otherwise the same. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${paperFormDefinition}`,
  source: 'RawMed/MTTSeval `evaluation/eval_time.py` (arXiv 2507.06996).',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: fidelityVariants([{}]),
  headline: false,
  bounds: 'reference-cohorts',
};

export const eventTime = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  timeKs(descriptor, inputs, parameters, random, (cohort, minutes) =>
    sampleOfStays(cohort, (stay) => minutes[stay]!),
  ),
);
