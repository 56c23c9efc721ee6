import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { countsKs } from './countsKs.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.event_time_ks',
  version: 1,
  family: 'temporal',
  title: 'Times of events, KS distance',
  explanation:
    'How differently measurements spread over the time since admission: 0 means they are taken as early or as late as in real stays.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic of the absolute time since admission (step of the grid) of all observed values of all features. No observed value on exactly one side: 1. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); times of events since admission: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Neither cohort has an observed value.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Observed values at every step; they are their own statistics. */
const eventTimes: AdditiveStatistic = {
  name: 'event-times',
  sums(cohort: Cohort) {
    const { steps, features } = cohort.schema;
    return sumsOfStays(cohort, steps, (stay, into) => {
      let cell = stay * steps * features.length;
      for (let t = 0; t < steps; t++)
        for (const end = cell + features.length; cell < end; cell++) into[t]! += cohort.observed[cell]!;
    });
  },
  derive: (totals) => totals,
};

export const eventTimeKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    eventTimes,
    countsKs,
    `no-event: ${descriptor.undefinedWhen}`,
    (_synthetic, _real, cohort) => ({ stepHours: cohort.schema.stepHours }),
  ),
);
