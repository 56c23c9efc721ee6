import { wilsonInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { nearestStays } from './nearestStays.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.dcr_share',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Copy check',
  explanation:
    'Share of synthetic patients that lie closer to a training patient than to a holdout patient: 0.5 is what fresh patients give, 1 means copies. A copy check, not a privacy guarantee.',
  definition:
    'Share of synthetic stays whose nearest real stay is in train rather than holdout, train and holdout at equal size, ties ½ (distance to the closest record; distance of privacy.mia_distance_auroc). With more training than holdout stays the training stays are subsampled, which dilutes copies of the others: split evenly. Interval: Wilson over synthetic stays, the real stays taken as given.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: [{}], full: [{}] },
  headline: true,
  bounds: 'reference-cohorts',
};

export const dcrShare = defineMetric(descriptor, 'equal', ({ synthetic, train, holdout }) => {
  const { syntheticToTrain, syntheticToHoldout } = nearestStays(synthetic, train, holdout);
  const share = shareCloser(syntheticToTrain, syntheticToHoldout);
  const size = synthetic.size;
  return okResult(share, wilsonInterval(share * size, size), size + train.size + holdout.size);
});

/** Share of positions at which `a` is smaller than `b`; equal distances count one half. */
export function shareCloser(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! < b[i]! ? 1 : a[i] === b[i] ? 0.5 : 0;
  return sum / a.length;
}
