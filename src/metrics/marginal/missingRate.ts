import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.missing_rate',
  version: 2,
  family: 'marginal',
  title: 'Missing-rate gap',
  explanation: 'How differently often measurements are missing: 0 means just as often as in real stays.',
  definition:
    'Mean over features of |missing rate_real − missing rate_synthetic|; the missing rate is the share of a cohort’s hours (within the length of each stay) without a value. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  misuse:
    'Rates are per feature over all hours: values scattered at random score as well as measurements in panels, in the right rhythm or in sicker patients (temporal.mask_transition, temporal.mask_cooccurrence, temporal.informative_missingness).',
  source:
    'SDMetrics gives 1 − it as MissingValueSimilarity; hours within a stay as the denominator: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has no hours, or the schema no features.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: true,
  bounds: 'reference-cohorts',
};

/** Missing rate of every feature. Sums: observed cells of every feature, then hours. */
const missingRates: AdditiveStatistic = {
  name: 'missing-rates',
  sums(cohort: Cohort) {
    const { size, schema, observed } = cohort;
    const features = schema.features.length;
    const width = features + 1;
    const perStay = new Float32Array(size * width);
    const totals = new Float64Array(width);
    for (let i = 0; i < size; i++) {
      const base = i * width;
      perStay[base + features] = cohort.length[i]!;
      for (let t = 0; t < cohort.length[i]!; t++)
        for (let f = 0; f < features; f++)
          perStay[base + f]! += observed[(i * schema.steps + t) * features + f]!;
      for (let j = 0; j < width; j++) totals[j]! += perStay[base + j]!;
    }
    return { totals, perStay };
  },
  derive(totals) {
    const hours = totals[totals.length - 1]!;
    return totals.subarray(0, -1).map((seen) => (hours > 0 ? 1 - seen / hours : Number.NaN));
  },
};

export const missingRate = defineMetric(descriptor, 'equal', (inputs, parameters, random) =>
  additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    missingRates,
    (synthetic, real) => {
      let sum = 0;
      for (let f = 0; f < real.length; f++) sum += Math.abs(synthetic[f]! - real[f]!);
      return real.length === 0 || Number.isNaN(sum) ? null : sum / real.length;
    },
    `no-hours: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      synthetic: [...synthetic],
      real: [...real],
    }),
  ),
);
