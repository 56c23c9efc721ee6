import { wilsonInterval } from '../../stats/interval.js';
import { positivesAtFpr } from '../../stats/rocCurve.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { nearestStays } from './nearestStays.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.mia_tpr_at_fpr',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Members found at 1 % false alarms',
  explanation:
    'Share of training patients that an attacker recognises while wrongly accusing at most one in a hundred others: 0.01 means no better than chance.',
  definition:
    'True-positive rate at the lowest threshold that at most a share fpr of the non-members exceeds, scores of privacy.mia_distance_auroc, strictly above the threshold (tied scores are never split). Interval: Wilson for the share of members at that threshold; it leaves out the uncertainty of the threshold. Chance level = fpr.',
  direction: 'lower',
  ideal: 0.01,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'The resolution 1/(number of non-members) is coarser than fpr; the reason then gives the value at the finest false-positive rate that these non-members resolve.',
  variants: { fast: [{ attack: 'distance', fpr: 0.01 }], full: [{ attack: 'distance', fpr: 0.01 }] },
  headline: false,
  bounds: 'reference-cohorts',
};

export const miaTprAtFpr = defineMetric(descriptor, 'attack', ({ synthetic, train, holdout }, parameters) => {
  const fpr = numberParameter(parameters, 'fpr', 0.01);
  const distances = nearestStays(synthetic, train, holdout);
  const members = distances.trainToSynthetic.map((distance) => -distance);
  const nonMembers = distances.holdoutToSynthetic.map((distance) => -distance);
  const n = members.length + nonMembers.length + synthetic.size;
  const resolution = 1 / nonMembers.length;
  if (resolution > fpr + 1e-12) {
    const coarser = positivesAtFpr(members, nonMembers, resolution) / members.length;
    return undefinedResult(
      `resolution: ${nonMembers.length} non-members resolve a false-positive rate of ${resolution.toPrecision(3)}, not ${fpr}; at ${resolution.toPrecision(3)} the true-positive rate is ${coarser.toPrecision(3)}`,
      n,
    );
  }
  const found = positivesAtFpr(members, nonMembers, fpr);
  return okResult(found / members.length, wilsonInterval(found, members.length), n, { resolution });
});
