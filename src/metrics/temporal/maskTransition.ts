import type { Cohort } from '../../cohort/types.js';
import { additiveGap } from '../additiveGap.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { AGAINST_HOLDOUT_AND_TRAIN } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { numberParameter } from '../parameters.js';

/** Fewest visits of a mask state (with a next step) in the real cohort for its transition to be compared. */
const MIN_VISITS = 30;

const descriptor: MetricDescriptor = {
  id: 'temporal.mask_transition',
  version: 2,
  family: 'temporal',
  title: 'Mask-transition gap',
  explanation:
    'How differently measuring (or not measuring) in one hour goes on to the next: 0 means the same rhythm of measurements as in real stays.',
  definition: `Mean over features, and within a feature over the states s ∈ {missing, observed}, of |P_real(observed at t + 1 | s at t) − P_synthetic(observed at t + 1 | s at t)| over consecutive steps within the length of a stay. A state that the real cohort visits fewer than minVisits (${MIN_VISITS} unless given) times is left out; one that the synthetic cohort never visits counts 1. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts, clipped to [0, 1].`,
  source: 'This project.',
  direction: 'lower',
  ideal: 0,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No mask state is visited often enough in the real cohort, e.g. with a single step.',
  variants: { fast: AGAINST_HOLDOUT_AND_TRAIN, full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

/** Counts [feature][state][visits, visits followed by an observed step]; they are their own statistics. */
const maskTransitions: AdditiveStatistic = {
  name: 'mask-transitions',
  sums(cohort: Cohort) {
    const { size, schema, observed } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    const width = features * 4;
    const perStay = new Float32Array(size * width);
    const totals = new Float64Array(width);
    for (let i = 0; i < size; i++) {
      const base = i * width;
      for (let t = 0; t + 1 < cohort.length[i]!; t++) {
        for (let f = 0; f < features; f++) {
          const cell = (i * steps + t) * features + f;
          const at = base + f * 4 + observed[cell]! * 2;
          perStay[at]! += 1;
          perStay[at + 1]! += observed[cell + features]!;
        }
      }
      for (let j = 0; j < width; j++) totals[j]! += perStay[base + j]!;
    }
    return { totals, perStay };
  },
  derive: (totals) => totals,
};

export const maskTransition = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const minVisits = Math.max(1, numberParameter(parameters, 'minVisits', MIN_VISITS));
  const perFeature = (synthetic: Float64Array, real: Float64Array): (number | null)[] =>
    Array.from({ length: real.length / 4 }, (_, f) =>
      meanOfDefined([0, 1].map((state) => stateGap(synthetic, real, f * 4 + state * 2, minVisits))),
    );
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    maskTransitions,
    (synthetic, real) => meanOfDefined(perFeature(synthetic, real)),
    `no-visited-state: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: cohort.schema.features.map((feature) => feature.name),
      values: perFeature(synthetic, real),
    }),
  );
});

function stateGap(synthetic: Float64Array, real: Float64Array, at: number, minVisits: number): number | null {
  if (real[at]! < minVisits) return null;
  if (synthetic[at] === 0) return 1;
  return Math.abs(synthetic[at + 1]! / synthetic[at]! - real[at + 1]! / real[at]!);
}
