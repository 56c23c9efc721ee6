import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import { bootstrapSeed } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricParameters } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { choiceParameter, numberParameter } from '../parameters.js';
import { associationNames, associations } from './associations.js';
import { MIN_JOINT } from './correlationGap.js';

/** At most this many undefined pairs are named. */
const NAMED = 100;

/** Strong pairs, and the rank-based measures. */
const OTHERS: readonly MetricParameters[] = [
  { above: 0.3 },
  { numeric: 'spearman', categorical: 'cramers-v' },
];

const descriptor: MetricDescriptor = {
  id: 'pairwise.association_gap',
  version: 1,
  family: 'pairwise',
  title: 'Association gap',
  explanation:
    'How differently pairs of measurements of any kind, numbers and categories, go together in the same hour: 0 means as in real stays.',
  definition: `Mean over pairs of features of |A_real − A_synthetic| over all steps at which both are observed (pairwise complete, same step, no diagonal). A of two continuous or binary features: Pearson (default) or, numeric: spearman, Spearman correlation with mid-ranks among those steps. A categorical with a numeric one: correlation ratio η. Two categorical ones: Theil’s U in both directions, U(x|y) and U(y|x), two entries (default), or, categorical: cramers-v, the bias-corrected Cramér’s V (Bergsma 2013). Without categorical features the default equals pairwise.correlation_gap. Parameter above: only pairs with |A_real| above it (strong pairs, since pairs without an association dilute the mean). Pairs are left out, counted and named (at most ${NAMED}) when a side is constant or has fewer than minJoint (${MIN_JOINT} unless given) such steps in either cohort. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 2]; strong pairs are those of the cohort and Spearman’s ranks are kept in resamples.`,
  source:
    'Mixed association matrix as RawMed’s pairwise column correlation (Pearson, correlation ratio, Theil’s U), without its diagonal and in both directions; bias-corrected Cramér’s V: Bergsma 2013.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No pair of features has an association (with above: a strong one) in both cohorts.',
  variants: {
    full: [
      ...AGAINST_HOLDOUT_AND_TRAIN,
      ...OTHERS.flatMap((others) => AGAINST_HOLDOUT_AND_TRAIN.map((against) => ({ ...against, ...others }))),
    ],
  },
  headline: false,
  bounds: 'reference-cohorts',
};

export const associationGap = defineMetric(descriptor, 'equal', async (inputs, parameters, random) => {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const methods = {
    numeric: choiceParameter(parameters, 'numeric', ['pearson', 'spearman']),
    categorical: choiceParameter(parameters, 'categorical', ['theils-u', 'cramers-v']),
    minJoint: numberParameter(parameters, 'minJoint', MIN_JOINT),
  };
  const [seedOfSynthetic, seedOfReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const ofSynthetic = await associations(synthetic, methods, resamples, seedOfSynthetic);
  const ofReal = await associations(real, methods, resamples, seedOfReal);
  // Every association has an absolute value above −1: without the parameter all pairs count.
  const above = numberParameter(parameters, 'above', -1);
  const counts = ofReal.point.map((association) => (Math.abs(association) > above ? 1 : 0));
  const gap = (a: Float64Array, b: Float64Array): number | null => meanDifference(a, b, counts);
  const n = synthetic.size + real.size;
  const value = gap(ofSynthetic.point, ofReal.point);
  if (value === null) return undefinedResult(`no-defined-pair: ${descriptor.undefinedWhen}`, n);
  const standardError = bootstrapStandardError(
    ofSynthetic.resampled.map((row, b) => gap(row, ofReal.resampled[b]!)),
  );
  const names = associationNames(real, methods.categorical);
  const compared = counts.filter((count, k) => count === 1 && !Number.isNaN(ofSynthetic.point[k]!)).length;
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    {
      pairs: names.length,
      compared,
      ...undefinedPairs('Real', ofReal.point, names),
      ...undefinedPairs('Synthetic', ofSynthetic.point, names),
    },
  );
});

/** Mean |a − b| over the counted positions that are defined in both; null when there is none. */
function meanDifference(a: Float64Array, b: Float64Array, counts: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < a.length; k++) {
    const difference = Math.abs(a[k]! - b[k]!);
    if (counts[k] === 0 || Number.isNaN(difference)) continue;
    sum += difference;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function undefinedPairs(
  side: 'Real' | 'Synthetic',
  values: Float64Array,
  names: readonly (readonly [string, string])[],
): Readonly<Record<string, unknown>> {
  const pairs = names.filter((_, k) => Number.isNaN(values[k]!));
  return { [`undefinedIn${side}`]: pairs.length, [`undefinedPairsIn${side}`]: pairs.slice(0, NAMED) };
}
