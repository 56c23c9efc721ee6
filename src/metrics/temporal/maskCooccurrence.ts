import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { pairIndex } from '../pairwise/correlations.js';
import { choiceParameter } from '../parameters.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.mask_cooccurrence',
  version: 1,
  family: 'temporal',
  title: 'Mask co-occurrence gap',
  explanation:
    'How differently measurements are taken together in the same hour, as in blood panels: 0 means the same groups of measurements as in real stays.',
  definition:
    'Mean over pairs of features of |A_real − A_synthetic|, A being how far the two are observed in the same steps (all steps within the length of a stay). measure=jaccard: steps with both / steps with either; a pair of which neither is ever observed on exactly one side counts 1, on both sides it is left out. measure=phi: Pearson correlation of the two masks; a pair with a constant mask on a side is left out and counted. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 2].',
  source:
    'Jaccard index (Jaccard 1912) and φ coefficient of masks; their difference as a score: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'No pair has a value: fewer than two features, nothing observed, or with phi a constant mask in every pair.',
  variants: {
    full: ['jaccard', 'phi'].flatMap((measure) =>
      AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, measure })),
    ),
  },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Steps, then steps with each feature, then steps with both features of each pair f < g; they are their own statistics. */
const jointMasks: AdditiveStatistic = {
  name: 'joint-masks',
  sums(cohort: Cohort) {
    const { schema, observed, length } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    const present = new Uint32Array(features);
    return sumsOfStays(cohort, 1 + features + (features * (features - 1)) / 2, (stay, into) => {
      into[0] = length[stay]!;
      for (let t = 0; t < length[stay]!; t++) {
        const cell = (stay * steps + t) * features;
        let count = 0;
        for (let f = 0; f < features; f++) if (observed[cell + f] === 1) present[count++] = f;
        for (let p = 0; p < count; p++) {
          const f = present[p]!;
          into[1 + f]! += 1;
          for (let q = p + 1; q < count; q++) into[1 + features + pairIndex(f, present[q]!, features)]! += 1;
        }
      }
    });
  },
  derive: (totals) => totals,
};

/** Association of the masks of features f < g; NaN = undefined. */
type Measure = (steps: number, withF: number, withG: number, withBoth: number) => number;

const MEASURES: Readonly<Record<'jaccard' | 'phi', Measure>> = {
  jaccard: (_steps, f, g, both) => (f + g === 0 ? Number.NaN : both / (f + g - both)),
  phi: (steps, f, g, both) => {
    const variances = f * (steps - f) * g * (steps - g);
    return variances === 0 ? Number.NaN : (steps * both - f * g) / Math.sqrt(variances);
  },
};

export const maskCooccurrence = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const name = choiceParameter(parameters, 'measure', ['jaccard', 'phi']);
  const features = inputs.holdout.schema.features.length;
  const association = (totals: Float64Array, f: number, g: number): number =>
    MEASURES[name](
      totals[0]!,
      totals[1 + f]!,
      totals[1 + g]!,
      totals[1 + features + pairIndex(f, g, features)]!,
    );
  /** [pairs f < g, row by row] */
  const perPair = (synthetic: Float64Array, real: Float64Array): (number | null)[] => {
    const gaps: (number | null)[] = [];
    for (let f = 0; f < features; f++)
      for (let g = f + 1; g < features; g++) {
        const [a, b] = [association(synthetic, f, g), association(real, f, g)];
        const absentOnOneSide = name === 'jaccard' && Number.isNaN(a) !== Number.isNaN(b);
        if (absentOnOneSide) gaps.push(1);
        else gaps.push(Number.isNaN(a - b) ? null : Math.abs(a - b));
      }
    return gaps;
  };
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    jointMasks,
    (synthetic, real) => meanOfDefined(perPair(synthetic, real)),
    `constant-masks: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => {
      const gaps = perPair(synthetic, real);
      return {
        features: cohort.schema.features.map((feature) => feature.name),
        pairs: gaps.length,
        undefinedPairs: gaps.filter((gap) => gap === null).length,
      };
    },
  );
});
