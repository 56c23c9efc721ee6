import { InputError } from '../../cohort/inputError.js';
import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { choiceParameter } from '../parameters.js';
import { CONSTANT } from '../standardScores.js';

const descriptor: MetricDescriptor = {
  id: 'temporal.informative_missingness',
  version: 1,
  family: 'temporal',
  title: 'Informative missingness gap',
  explanation:
    'How differently the outcome shows in what is left unmeasured: sicker patients are measured more often, and a good synthetic cohort keeps that.',
  definition:
    'Mean over features of |r_real − r_synthetic|, r = Pearson (point-biserial) correlation over the stays with a known label between the missing rate of the feature within the length of the stay and the binary label of the data set. sign=dropped: | |r_real| − |r_synthetic| |, which overlooks a reversed relation and is kept as the second number. A feature whose missing rate is the same in all stays of a side is left out and counted. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 2].',
  source: 'Point-biserial correlation; its difference as a score: this project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 2],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'The cohort has no label; the stays of a side are of one class only; no feature has a missing rate that varies on both sides.',
  variants: {
    full: ['kept', 'dropped'].flatMap((sign) =>
      AGAINST_HOLDOUT_AND_TRAIN.map((variant) => ({ ...variant, sign })),
    ),
  },
  headline: false,
  bounds: 'reference-cohorts',
};

/** r of the missing rate of every feature with the label in this column; NaN = undefined. */
function missingnessCorrelations(column: number): AdditiveStatistic {
  return {
    name: `missingness-label-${column}`,
    sums(cohort: Cohort) {
      const { schema, observed, length, labels, labelsObserved } = cohort;
      const [steps, features] = [schema.steps, schema.features.length];
      return sumsOfStays(cohort, 2 + features * 3, (stay, into) => {
        const at = stay * schema.labels.length + column;
        if (labelsObserved[at] === 0 || length[stay] === 0) return;
        const label = labels[at]!;
        into[0] = 1;
        into[1] = label;
        for (let f = 0; f < features; f++) {
          let missing = length[stay]!;
          for (let t = 0; t < length[stay]!; t++) missing -= observed[(stay * steps + t) * features + f]!;
          const rate = missing / length[stay]!;
          into[2 + f * 3] = rate;
          into[3 + f * 3] = rate * rate;
          into[4 + f * 3] = rate * label;
        }
      });
    },
    derive(totals, cohort) {
      const [n, y] = [totals[0]!, totals[1]!];
      // The label is 0 or 1, so its squares are itself.
      const varianceY = y - (y * y) / n;
      return Float64Array.from(cohort.schema.features, (_, f) => {
        const [x, xx, xy] = [totals[2 + f * 3]!, totals[3 + f * 3]!, totals[4 + f * 3]!];
        const varianceX = xx - (x * x) / n;
        if (!(varianceX > CONSTANT * xx) || !(varianceY > 0)) return Number.NaN;
        return Math.max(-1, Math.min(1, (xy - (x * y) / n) / Math.sqrt(varianceX * varianceY)));
      });
    },
  };
}

export const informativeMissingness = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const { synthetic, label } = inputs;
  const signed = choiceParameter(parameters, 'sign', ['kept', 'dropped']) === 'kept';
  const real = comparisonCohort(inputs, parameters);
  const n = synthetic.size + real.size;
  if (label === null) return undefinedResult('no-label: the cohort has no label', n);
  const column = binaryLabel(real, label);
  for (const [side, cohort] of Object.entries({ synthetic, real }))
    if (classesOf(cohort, column) < 2)
      return undefinedResult(`single-class-${side}: the ${side} stays are of one class only`, n);
  const perFeature = (a: Float64Array, b: Float64Array): (number | null)[] =>
    Array.from(b, (r, f) => {
      const gap = signed ? a[f]! - r : Math.abs(a[f]!) - Math.abs(r);
      return Number.isNaN(gap) ? null : Math.abs(gap);
    });
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    missingnessCorrelations(column),
    (a, b) => meanOfDefined(perFeature(a, b)),
    'constant-missing-rates: no feature has a missing rate that varies on both sides',
    (a, b, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(a, b),
      undefinedFeatures: perFeature(a, b).filter((gap) => gap === null).length,
    }),
  );
});

function classesOf({ labels, labelsObserved, schema, size }: Cohort, column: number): number {
  const classes = new Set<number>();
  for (let i = 0; i < size; i++) {
    const at = i * schema.labels.length + column;
    if (labelsObserved[at] === 1) classes.add(labels[at]!);
  }
  return classes.size;
}

function binaryLabel({ schema }: Cohort, label: string): number {
  const column = schema.labels.findIndex(({ name }) => name === label);
  const kind = schema.labels[column]?.kind;
  if (kind === 'binary') return column;
  throw new InputError({
    expected: 'a binary label of the cohort',
    found: kind === undefined ? label : `${label} of kind ${kind}`,
    place: 'label',
    remedy: 'Name a label with values 0 and 1.',
  });
}
