import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { countsKs } from './countsKs.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.measurement_gap_ks',
  version: 1,
  family: 'temporal',
  title: 'Gaps between measurements, KS distance',
  explanation:
    'How differently long it takes until the same quantity is measured again: 0 means the same intervals as in real stays.',
  definition:
    'Mean over features of the two-sample Kolmogorov–Smirnov statistic of the time between consecutive observed steps of the feature within a stay (at least one step, so there are no zero gaps; temporal.gap_ks pools the features). A feature with gaps on exactly one side counts 1, one without any on both sides is left out. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].',
  source: 'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); gaps by feature: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No stay on either side has two observed values of a feature.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Counts [feature][steps between consecutive observed steps, from 0]; they are their own statistics. */
const measurementGaps: AdditiveStatistic = {
  name: 'measurement-gaps',
  sums(cohort: Cohort) {
    const { schema, observed } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    return sumsOfStays(cohort, features * steps, (stay, into) => {
      for (let f = 0; f < features; f++) {
        let last = -1;
        for (let t = 0; t < steps; t++) {
          if (observed[(stay * steps + t) * features + f] === 0) continue;
          if (last >= 0) into[f * steps + t - last]! += 1;
          last = t;
        }
      }
    });
  },
  derive: (totals) => totals,
};

export const measurementGapKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { steps } = inputs.holdout.schema;
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: real.length / steps }, (_, f) =>
      countsKs(synthetic.subarray(f * steps, (f + 1) * steps), real.subarray(f * steps, (f + 1) * steps)),
    );
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    measurementGaps,
    (synthetic, real) => meanOfDefined(perFeature(synthetic, real)),
    `no-gap: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(synthetic, real),
    }),
  );
});
