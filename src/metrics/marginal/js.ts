import { bootstrapSeed, definedOrNull } from '../additiveGap.js';
import { cacheName } from '../cohortCache.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { wholeParameter } from '../parameters.js';
import { compareCategories } from './categoryGaps.js';
import { featureInBins, featureLevels } from './featureCategories.js';
import { fitQuantileBins, type QuantileBins } from './quantileBins.js';
import { sortedFeature } from './sortedFeatures.js';
import { gapDetail, meanOfGaps, worstGap, type VariableGap } from './variableGaps.js';

/** Bins between quantiles of a continuous feature. */
const BINS = 10;

const descriptor: MetricDescriptor = {
  id: 'marginal.js',
  version: 1,
  family: 'marginal',
  title: 'Jensen–Shannon distance',
  explanation:
    'How differently the values of single measurements are distributed, counted in bins: 0 means the same, 1 means no bin in common.',
  definition: `Mean over features of the Jensen–Shannon distance √(½KL(p‖m) + ½KL(q‖m)), m = (p + q)/2, base 2, without smoothing (the distance, not the divergence; disjoint supports give 1). p and q are shares of the observed values of all steps: of the levels of binary and categorical features; of continuous features in bins (${BINS} unless given) between lower empirical quantiles of train, closed below, with an underflow bin below its smallest and an overflow bin above its largest value; a value that fills two neighbouring quantiles is a bin of its own. A feature without observed values on exactly one side counts 1; one without any on both sides, or continuous without any in train, is left out. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (bins fixed), clipped to [0, 1].`,
  source:
    'Jensen–Shannon divergence (Lin 1991), its root as the distance (Endres & Schindelin 2003), as scipy.spatial.distance.jensenshannon with base 2; the bins: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No feature has an observed value on either side (and, when continuous, in train).',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const js = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, train, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const k = wholeParameter(parameters, 'bins', BINS, 2);
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const bins = real.schema.features.map(({ kind }, f): QuantileBins | null => {
    const values = kind === 'continuous' ? sortedFeature(train, f).values : new Float32Array(0);
    return values.length === 0 ? null : fitQuantileBins(values, k);
  });
  const gaps = real.schema.features.map(({ name, kind }, f): VariableGap => {
    const fitted = bins[f] ?? null;
    if (kind === 'continuous' && fitted === null) {
      const sides = [synthetic, real].map((cohort) => sortedFeature(cohort, f).values.length > 0);
      if (sides[0] !== sides[1]) return worstGap(name, resamples);
      return { name, value: null, resampled: [], absentOnOneSide: false };
    }
    const counting =
      fitted === null ? featureLevels(f) : featureInBins(f, fitted, `${cacheName(train)} ${k}`);
    const { point, resampled, present } = compareCategories(synthetic, real, counting, resamples, seeds);
    if (present.synthetic !== present.real) return worstGap(name, resamples);
    return {
      name,
      value: definedOrNull(point.js),
      resampled: resampled.map((drawn) => definedOrNull(drawn.js)),
      absentOnOneSide: false,
    };
  });
  return meanOfGaps(
    descriptor,
    gaps,
    resamples,
    synthetic.size + real.size,
    `no-observed-values: ${descriptor.undefinedWhen}`,
    {
      ...gapDetail('features', gaps),
      bins: bins.map((fitted) => (fitted === null ? null : fitted.cuts.length + 1)),
    },
  );
});
