import { extentOf } from '../../stats/extent.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { nearestStays } from './nearestStays.js';

const THRESHOLD = 0.1;

const descriptor: MetricDescriptor = {
  id: 'privacy.mir_f1',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Membership inference risk F1 (paper)',
  explanation:
    'The membership score of TimeDiff papers, for comparison with published tables only: its value does not say whether anything leaks.',
  definition: `F1 of "member if the distance to the nearest synthetic stay ≤ threshold" (MIR, TimeDiff: Tian et al. 2024), threshold ${THRESHOLD} by default, distances min–max-normalised for members and for non-members separately, as published; distance of privacy.mia_distance_auroc in the place of the Euclidean one. Flaws: the two normalisations give members and non-members different thresholds; accusing everybody gives 0.667; F1 at one threshold has no reference value. Use privacy.mia_distance_auroc. No interval.`,
  source: 'Membership inference risk of TimeDiff (Tian et al. 2024), with a Gower distance.',
  direction: 'lower',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'All members or all non-members are equally far away, or nobody is accused.',
  variants: { paper: [{ threshold: THRESHOLD }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const mirF1 = defineMetric(descriptor, 'attack', ({ synthetic, train, holdout }, parameters) => {
  const threshold = numberParameter(parameters, 'threshold', THRESHOLD);
  const n = train.size + holdout.size + synthetic.size;
  const { trainToSynthetic, holdoutToSynthetic } = nearestStays(synthetic, train, holdout);
  const [members, others] = [trainToSynthetic, holdoutToSynthetic].map((distances) => {
    const [low, high] = extentOf(distances);
    if (high === low) return null;
    return distances.reduce((sum, one) => sum + ((one - low) / (high - low) <= threshold ? 1 : 0), 0);
  });
  if (members == null || others == null)
    return undefinedResult('equal-distances: min–max normalisation divides by 0', n);
  return okResult((2 * members) / (members + others + train.size), null, n, {
    accusedMembers: members / train.size,
    accusedNonMembers: others / holdout.size,
  });
});
