import type { Cohort } from '../../cohort/types.js';
import { Scratch } from '../../stats/scratch.js';
import { sampleBytes, sortSample, type SortedSample } from '../../stats/twoSample.js';
import { RecentCache } from '../recentCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { sampleKs } from './sampleKs.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.increment_ks',
  version: 1,
  family: 'temporal',
  title: 'Increments, KS distance',
  explanation:
    'How differently measurements change from one value to the next, per hour: 0 means the same changes as in real stays, 1 means none in common.',
  definition:
    'Mean over continuous and binary features of the two-sample Kolmogorov–Smirnov statistic of Δv/Δt between consecutive observed values of a stay, Δt being the true hours between them (missing steps in between are time that passes, never removed); rates in float32. Stays with fewer than two values of the feature add nothing. A feature with increments on exactly one side counts 1, one without any on both sides is left out. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Two-sample Kolmogorov–Smirnov statistic (Smirnov 1939); rates over true time: this project (SDMetrics InterRowMSAS takes differences of rows).',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No stay on either side has two observed values of a continuous or binary feature.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const incrementKs = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { index, names } = featuresWhere(inputs.holdout, isNumeric);
  return sampleKs(
    descriptor,
    inputs,
    parameters,
    random,
    (cohort) => index.map((f) => increments(cohort, f)),
    (values, onOneSide) => ({
      features: names,
      values,
      absentOnOneSide: names.filter((_, i) => onOneSide[i]),
    }),
  );
});

const cache = new RecentCache<SortedSample>(sampleBytes);
const passing = { rates: new Scratch(Float32Array), owner: new Scratch(Uint32Array) };

/** Changes per hour between consecutive observed values of one feature, sorted once per cohort. */
function increments(cohort: Cohort, feature: number): SortedSample {
  return cache.get(cohort, String(feature), () => {
    const { values, observed, size, schema } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    const rates = passing.rates.take(size * steps);
    const owner = passing.owner.take(size * steps);
    let n = 0;
    for (let i = 0; i < size; i++) {
      let last = -1;
      for (let t = 0; t < steps; t++) {
        const cell = (i * steps + t) * features + feature;
        if (observed[cell] === 0) continue;
        if (last >= 0) {
          const before = values[(i * steps + last) * features + feature]!;
          rates[n] = (values[cell]! - before) / ((t - last) * schema.stepHours);
          owner[n++] = i;
        }
        last = t;
      }
    }
    return sortSample(rates.subarray(0, n), owner.subarray(0, n), size);
  });
}
