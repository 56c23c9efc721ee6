import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { paperFormDefinition } from './convertedForm.js';
import { fidelityVariants, withoutEvents } from './eventSides.js';
import { sampleOfStays } from './eventTimes.js';
import { timeKs } from './timeKs.js';

const GAPS = ['positive', 'all'] as const;

const descriptor: MetricDescriptor = {
  id: 'events.time_gap',
  version: 1,
  family: 'events',
  title: 'Time between events',
  explanation:
    'How differently the time from one event of a stay to the next is distributed: 0 means the same, 1 no overlap.',
  definition: `Two-sample Kolmogorov–Smirnov statistic of the minutes between successive events of a stay, all tables together in the order of time (RawMed, Cho et al. 2025). gaps=positive: without gaps of zero; all: with them. Which of the two the paper prints is unknown. mode=paper compares with train only and is otherwise the same. Gaps on one side only: 1. Interval: ± 1.96 standard errors of a bootstrap over the patients of both cohorts. ${paperFormDefinition}`,
  misuse: 'Gaps say nothing about when in a stay events happen (events.time) or about what happens.',
  source: 'RawMed/MTTSeval `evaluation/eval_time.py` (arXiv 2507.06996).',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when no stay on either side has two events apart.`,
  variants: fidelityVariants(GAPS.map((gaps) => ({ gaps }))),
  headline: true,
  bounds: 'reference-cohorts',
};

export const timeGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const positive = choiceParameter(parameters, 'gaps', GAPS) === 'positive';
  return timeKs(descriptor, inputs, parameters, random, (cohort, minutes) =>
    sampleOfStays(cohort, (stay) => {
      const own = minutes[stay]!;
      const gaps = [...own.subarray(1)].map((minute, i) => minute - own[i]!);
      return positive ? gaps.filter((gap) => gap > 0) : gaps;
    }),
  );
});
