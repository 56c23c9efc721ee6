import { SMALLEST_CELL } from '../../cohort/suppression.js';
import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { numberParameter } from '../parameters.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.missing_rate_over_time',
  version: 1,
  family: 'temporal',
  title: 'Missing rate over time',
  explanation:
    'How differently often a measurement is missing at each hour after admission: 0 means the same course of missing values as in real stays.',
  definition: `Mean over features, and within a feature over the steps of the grid, of |missing rate_real − missing rate_synthetic|, the rate being over the stays that still run at the step (padding beyond the length of a stay is neither missing nor observed). A step at which fewer than minStays (${SMALLEST_CELL} unless given) real stays run is left out; one at which no synthetic stay runs counts 1. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'At no step do enough real stays run.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** [step][stays that run, then those with a value of each feature]; they are their own statistics. */
const observedAtSteps: AdditiveStatistic = {
  name: 'observed-at-steps',
  sums(cohort: Cohort) {
    const { schema, observed, length } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    return sumsOfStays(cohort, steps * (features + 1), (stay, into) => {
      for (let t = 0; t < length[stay]!; t++) {
        const at = t * (features + 1);
        into[at] = 1;
        for (let f = 0; f < features; f++) into[at + 1 + f] = observed[(stay * steps + t) * features + f]!;
      }
    });
  },
  derive: (totals) => totals,
};

export const missingRateOverTime = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const minStays = Math.max(1, numberParameter(parameters, 'minStays', SMALLEST_CELL));
  const { steps, features } = inputs.holdout.schema;
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    features.map((_, f) => {
      let sum = 0;
      let count = 0;
      for (let at = 0; at < steps * (features.length + 1); at += features.length + 1) {
        if (real[at]! < minStays) continue;
        count++;
        sum +=
          synthetic[at] === 0
            ? 1
            : Math.abs(synthetic[at + 1 + f]! / synthetic[at]! - real[at + 1 + f]! / real[at]!);
      }
      return count === 0 ? null : sum / count;
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    observedAtSteps,
    (synthetic, real) => meanOfDefined(perFeature(synthetic, real)),
    `no-step: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(synthetic, real),
    }),
  );
});
