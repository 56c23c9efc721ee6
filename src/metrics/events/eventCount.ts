import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { paperFormDefinition } from './convertedForm.js';
import { fidelityVariants, modeOf, withoutEvents } from './eventSides.js';
import { sampleOfStays } from './eventTimes.js';
import { timeKs } from './timeKs.js';

const descriptor: MetricDescriptor = {
  id: 'events.event_count',
  version: 1,
  family: 'events',
  title: 'Events per stay',
  explanation:
    'How differently the number of events of a stay is distributed: 0 means the same, 1 no overlap.',
  definition: `Two-sample Kolmogorov–Smirnov statistic of the number of events of a stay over all tables (RawMed, Cho et al. 2025). mode=strict: stays without an event count as 0. mode=paper, known flaw: they are invisible, so a generator of empty stays is not punished for them; compared with train only. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${paperFormDefinition}`,
  source: 'RawMed/MTTSeval `evaluation/eval_time.py` (arXiv 2507.06996); stays without events: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: withoutEvents,
  variants: fidelityVariants([{}]),
  headline: false,
  bounds: 'reference-cohorts',
};

export const eventCount = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const withEmpty = modeOf(parameters) === 'strict';
  return timeKs(descriptor, inputs, parameters, random, (cohort, minutes) =>
    sampleOfStays(cohort, (stay) => {
      const count = minutes[stay]!.length;
      return count > 0 || withEmpty ? [count] : [];
    }),
  );
});
