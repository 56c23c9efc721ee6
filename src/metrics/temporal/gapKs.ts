import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { choiceParameter } from '../parameters.js';
import { countsKs } from './countsKs.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.gap_ks',
  version: 1,
  family: 'temporal',
  title: 'Gaps between events, KS distance',
  explanation:
    'How differently long a patient goes from one measurement of anything to the next: 0 means the same pauses as in real stays.',
  definition:
    'Two-sample Kolmogorov–Smirnov statistic of the time between consecutive events of a stay, an event being an observed value of any feature, its time the step of the grid. zeroGaps=excluded (the headline): gaps between consecutive steps that have an event. zeroGaps=included: all consecutive events, so that e values in one step add e − 1 gaps of 0; their mass hides every other gap, which is why both are kept. Exactly one side without a gap: 1. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939) of time gaps, as RawMed, with zero gaps and without.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'Neither cohort has a gap, i.e. two events in one stay (at different steps when zero gaps are excluded).',
  variants: {
    fast: AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, zeroGaps: 'excluded' })),
    full: ['excluded', 'included'].flatMap((zeroGaps) =>
      AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, zeroGaps })),
    ),
  },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Counts of gaps of 0…T − 1 steps between consecutive events of a stay; they are their own statistics. */
const eventGaps: AdditiveStatistic = {
  name: 'event-gaps',
  sums(cohort: Cohort) {
    const { schema, observed } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    return sumsOfStays(cohort, steps, (stay, into) => {
      let last = -1;
      for (let t = 0; t < steps; t++) {
        let events = 0;
        const from = (stay * steps + t) * features;
        for (let cell = from; cell < from + features; cell++) events += observed[cell]!;
        if (events === 0) continue;
        into[0]! += events - 1;
        if (last >= 0) into[t - last]! += 1;
        last = t;
      }
    });
  },
  derive: (totals) => totals,
};

export const gapKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const from = choiceParameter(parameters, 'zeroGaps', ['excluded', 'included']) === 'included' ? 0 : 1;
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    eventGaps,
    (synthetic, real) => countsKs(synthetic.subarray(from), real.subarray(from)),
    `no-gap: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      stepHours: cohort.schema.stepHours,
      zeroShareInSynthetic: zeroShare(synthetic),
      zeroShareInReal: zeroShare(real),
    }),
  );
});

function zeroShare(counts: Float64Array): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : counts[0]! / total;
}
