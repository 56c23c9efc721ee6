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
    'Share of synthetic stays whose nearest real stay is in train rather than holdout, train and holdout at equal size, ties ½ (distance to the closest record; distance of privacy.mia_distance_auroc). With more training than holdout stays the training stays are subsampled, which dilutes copies of the others: split evenly. Interval: Wilson at the effective number of synthetic stays n²/Σ c², c = synthetic stays that share one nearest real stay: whether that stay was put in train or holdout decides for all of them at once.',
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
  const nearest = nearestStays(synthetic, train, holdout);
  const share = shareCloser(nearest.syntheticToTrain, nearest.syntheticToHoldout);
  const followers = new Float64Array(train.size + holdout.size);
  for (let s = 0; s < synthetic.size; s++) {
    const isTrain = nearest.syntheticToTrain[s]! <= nearest.syntheticToHoldout[s]!;
    followers[isTrain ? nearest.nearestTrain[s]! : train.size + nearest.nearestHoldout[s]!]!++;
  }
  const effective = synthetic.size ** 2 / followers.reduce((sum, count) => sum + count * count, 0);
  return okResult(
    share,
    wilsonInterval(share * effective, effective),
    synthetic.size + train.size + holdout.size,
    { effectiveStays: effective },
  );
});

/** Share of positions at which `a` is smaller than `b`; equal distances count one half. */
export function shareCloser(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! < b[i]! ? 1 : a[i] === b[i] ? 0.5 : 0;
  return sum / a.length;
}
