import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { stayVariableGap } from './stayVariables.js';
import { gapDetail, meanOfGaps } from './variableGaps.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.static_gap',
  version: 1,
  family: 'marginal',
  title: 'Statics gap',
  explanation:
    'How differently the facts of admission, such as age and sex, are distributed: 0 means the same, 1 means nothing in common.',
  definition:
    'Mean over statics of the Kolmogorov–Smirnov statistic (continuous) or the total variation distance over the union of categories (binary and categorical) of their known values. A static without known values on exactly one side counts 1, one without any on both sides is left out. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Kolmogorov–Smirnov statistic (Smirnov 1939) and total variation distance; the mean over statics of both kinds: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No static is known on either side, or the schema has none.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const staticGap = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const gaps = real.schema.statics.map((_, s) =>
    stayVariableGap(synthetic, real, 'statics', s, resamples, seeds),
  );
  const n = synthetic.size + real.size;
  return meanOfGaps(
    descriptor,
    gaps,
    resamples,
    n,
    `no-static: ${descriptor.undefinedWhen}`,
    gapDetail('statics', gaps),
  );
});
