import { bootstrapSeed, definedOrNull } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort, featuresWhere } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { compareCategories, tvdGap } from './categoryGaps.js';
import { featureLevels } from './featureCategories.js';
import { gapDetail, meanOfGaps } from './variableGaps.js';

const descriptor: MetricDescriptor = {
  id: 'marginal.tvd',
  version: 1,
  family: 'marginal',
  title: 'Total variation of categories',
  explanation:
    'How differently often the values of yes/no and categorical measurements occur: 0 means equally often, 1 means no value in common.',
  definition:
    'Mean over binary and categorical features of the total variation distance ½Σ|p_real − p_synthetic| over the union of the categories seen on either side (one that a side lacks counts 0 there), p = share of the observed values of all steps. A feature without observed values on exactly one side counts 1, one without any on both sides is left out. Details: expectedTvd = ½Σ√(2/π·(p(1 − p)/n_real + p(1 − p)/n_synthetic)) with p of the real side, what independent values of one law give on average (mostlyai-qa), and the value above it; steps of one stay are not independent, so that the ceiling from real patients lies higher. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].',
  source:
    'Total variation distance; SDMetrics gives 1 − it as TVComplement. Expected value: mostlyai-qa, calculate_expected_l1_multinomial.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No binary or categorical feature has an observed value on either side.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const tvd = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const { index, names } = featuresWhere(real, (kind) => kind !== 'continuous');
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const comparisons = index.map((f) =>
    compareCategories(synthetic, real, featureLevels(f), resamples, seeds),
  );
  const gaps = comparisons.map((comparison, i) => tvdGap(names[i]!, comparison));
  const expected = comparisons.map(({ point }) => definedOrNull(point.expectedTvd));
  return meanOfGaps(
    descriptor,
    gaps,
    resamples,
    synthetic.size + real.size,
    `no-category: ${descriptor.undefinedWhen}`,
    {
      ...gapDetail('features', gaps),
      expectedTvd: expected,
      aboveExpected: gaps.map(({ value }, i) => {
        const chance = expected[i] ?? null;
        return value === null || chance === null ? null : value - chance;
      }),
    },
  );
});
