import { additiveGap } from '../additiveGap.js';
import { AGAINST_HOLDOUT_AND_TRAIN, featuresWhere, isNumeric } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric } from '../defineMetric.js';
import { choiceParameter, numberParameter } from '../parameters.js';
import { MIN_JOINT } from './correlationGap.js';
import { correlations } from './correlations.js';
import { rankCorrelations } from './rankCorrelations.js';

const descriptor: MetricDescriptor = {
  id: 'pairwise.correlation_agreement',
  version: 2,
  family: 'pairwise',
  title: 'Correlation agreement',
  explanation:
    'Share of pairs of measurements whose link has the same direction and strength (none, weak, medium, strong) as in real stays: 1 means all.',
  definition: `Share of the pairs of continuous or binary features whose correlation (Pearson, or numeric: spearman) lies in the same of seven bins in both cohorts: |r| ≤ 0.1, and by sign (0.1, 0.3], (0.3, 0.5], (0.5, 1] (CorAcc). Correlations and undefined pairs as in pairwise.correlation_gap (minJoint ${MIN_JOINT} unless given). A correlation near a cut falls on either side by chance: compare with the ceiling. Interval: value ± 1.96 standard errors of a bootstrap over the patients of both cohorts (random groups of them beyond 1,024), clipped to [0, 1].`,
  source:
    'Correlation accuracy (CorAcc): share of correlations in the same of seven bins; pairwise-complete steps: this project.',
  direction: 'higher',
  ideal: 1,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'No pair of features has a correlation in both cohorts.',
  variants: { full: AGAINST_HOLDOUT_AND_TRAIN },
  headline: false,
  bounds: 'reference-cohorts',
};

export const correlationAgreement = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const minJoint = numberParameter(parameters, 'minJoint', MIN_JOINT);
  const numeric = choiceParameter(parameters, 'numeric', ['pearson', 'spearman']);
  return additiveGap(
    descriptor,
    inputs,
    parameters,
    random,
    numeric === 'pearson' ? correlations(minJoint) : rankCorrelations(minJoint),
    shareInSameBin,
    `no-defined-pair: ${descriptor.undefinedWhen}`,
    (synthetic, real, cohort) => ({
      features: featuresWhere(cohort, isNumeric).names,
      pairs: real.length,
      undefinedInReal: real.filter(Number.isNaN).length,
      undefinedInSynthetic: synthetic.filter(Number.isNaN).length,
    }),
  );
});

/** Sums in another order of patients move a correlation by less than this; one that lies on a cut must stay on its side. */
const ROUNDING = 1e-9;

/** −3…3: sign and strength of a correlation. */
export function correlationBin(r: number): number {
  const strength = [0.1, 0.3, 0.5].filter((cut) => Math.abs(r) > cut + ROUNDING).length;
  return r < 0 ? -strength + 0 : strength;
}

function shareInSameBin(synthetic: Float64Array, real: Float64Array): number | null {
  let [same, count] = [0, 0];
  for (let k = 0; k < real.length; k++) {
    if (Number.isNaN(synthetic[k]! - real[k]!)) continue;
    count++;
    if (correlationBin(synthetic[k]!) === correlationBin(real[k]!)) same++;
  }
  return count === 0 ? null : same / count;
}
