import type { Cohort } from '../../cohort/types.js';
import { effectiveNumber } from '../../stats/clusteredProportion.js';
import { wilsonInterval } from '../../stats/interval.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { sizeRatios } from './sizeRatios.js';
import { nearestStays } from './nearestStays.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.dcr_share',
  version: PATIENT_SUMMARY_VERSION + 1,
  family: 'privacy',
  title: 'Copy check',
  explanation:
    'Share of synthetic patients that lie closer to a training patient than to a holdout patient: 0.5 is what fresh patients give, 1 means copies. A copy check, not a privacy guarantee.',
  definition:
    'Share of synthetic stays whose nearest real stay is in train rather than holdout, ties ½ (distance to the closest record; distance of privacy.mia_distance_auroc). Every synthetic and every training stay enters, so that no copy is overlooked; a hospital with more holdout than training stays gives as many of them as it has training stays. Where it has fewer, every synthetic stay nearest to one of its training stays counts holdout stays/training stays, which keeps fresh patients at 0.5 and copies at 1. Interval: Wilson at the effective number of synthetic stays (Σ c)²/Σ c², c = counts of the synthetic stays that share one nearest real patient: whether that patient was put in train or holdout decides for all of them at once; stays of one synthetic patient are clusters as well (two-way clustering: Cameron, Gelbach & Miller 2011).',
  misuse:
    'No privacy guarantee: synthetic patients that pass distance checks can still be attacked (DCR Delusion: arXiv 2505.01524), so 0.5 excludes neither leaks about few patients nor other attacks. Run the membership attacks too (preset privacy).',
  source:
    'DCR share of mostlyai-qa (distance to closest record); counts by hospital and the interval: this project.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'A cohort has fewer than two stays.',
  variants: { fast: [{}], full: [{}], privacy: [{}] },
  headline: true,
  bounds: 'reference-cohorts',
};

export const dcrShare = defineMetric(descriptor, 'copies', ({ synthetic, train, holdout }) => {
  const nearest = nearestStays(synthetic, train, holdout);
  const weights = holdoutPerTrainStay(train, holdout);
  const weightOf = (s: number): number => weights[nearest.nearestTrain[s]!]!;
  const share = shareCloser(nearest.syntheticToTrain, nearest.syntheticToHoldout, weightOf);
  const counts = new Float64Array(synthetic.size);
  const followed: string[] = [];
  for (let s = 0; s < synthetic.size; s++) {
    const isTrain = nearest.syntheticToTrain[s]! <= nearest.syntheticToHoldout[s]!;
    counts[s] = isTrain ? weightOf(s) : 1;
    followed.push(
      isTrain
        ? `train ${train.patients[nearest.nearestTrain[s]!]!}`
        : `holdout ${holdout.patients[nearest.nearestHoldout[s]!]!}`,
    );
  }
  const effective = effectiveNumber(counts, followed, synthetic.patients);
  return okResult(
    share,
    wilsonInterval(share * effective, effective),
    synthetic.size + train.size + holdout.size,
    { effectiveStays: effective },
  );
});

/**
 * Share of positions at which `a` is smaller than `b`, in [0, 1]; equal distances count one half.
 *
 * @param weight how much a position counts as far as `a` is the smaller one; 1 unless given
 */
export function shareCloser(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  weight: (position: number) => number = () => 1,
): number {
  let [ofA, ofB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const part = a[i]! < b[i]! ? 1 : a[i] === b[i] ? 0.5 : 0;
    ofA += part * weight(i);
    ofB += 1 - part;
  }
  return ofA / (ofA + ofB);
}

/** [train] holdout stays per training stay of the stay's hospital. */
function holdoutPerTrainStay(train: Cohort, holdout: Cohort): Float64Array {
  const ratios = sizeRatios(holdout, train);
  return Float64Array.from(train.hospital, (hospital) => ratios[hospital]!);
}
