import { delong } from '../../stats/auroc.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { rocDetail } from '../rocGrid.js';
import { nearestStays } from './nearestStays.js';

const descriptor: MetricDescriptor = {
  id: 'privacy.mia_distance_auroc',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Membership attack AUROC',
  explanation:
    'Can somebody who holds a patient’s record tell from the synthetic data whether that patient was in the training set? 0.5 means no better than guessing, 1 means always.',
  definition:
    'AUROC of the score −min_s d(x, s), members against non-members (GAN-leaks, full black box: Chen et al. 2020). Knowledge: the attacked record and every released synthetic stay; no access to the generator. Members are training stays, non-members holdout stays, equal numbers at every hospital. d = Gower distance on the fixed patient summary, one scale for all (range of train), min(1, |x − y|/range) a column, 1 where one side is missing, 0 where both are. Ties count ½. Interval: DeLong. Under no leak the standard error is about √((m + n + 1)/(12·m·n)), kept as nullStandardError. Ceiling = fresh real patients as the synthetic cohort, floor = independent marginals.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: 'Fewer than two members, non-members or synthetic stays.',
  variants: { fast: [{}], full: [{}] },
  headline: true,
  bounds: 'reference-cohorts',
};

export const miaDistanceAuroc = defineMetric(descriptor, 'attack', ({ synthetic, train, holdout }) => {
  const distances = nearestStays(synthetic, train, holdout);
  const members = distances.trainToSynthetic.map((distance) => -distance);
  const nonMembers = distances.holdoutToSynthetic.map((distance) => -distance);
  const estimate = delong(members, nonMembers);
  const [m, n] = [members.length, nonMembers.length];
  return okResult(estimate.value, estimate, m + n + synthetic.size, {
    roc: rocDetail(members, nonMembers),
    members: m,
    nonMembers: n,
    nullStandardError: Math.sqrt((m + n + 1) / (12 * m * n)),
  });
});
