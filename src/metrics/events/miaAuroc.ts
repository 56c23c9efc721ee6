import { delong } from '../../stats/auroc.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { rocDetail } from '../rocGrid.js';
import { convertedFormDefinition } from './convertedForm.js';
import { withoutEvents } from './eventSides.js';
import { eventThreatModel, membershipDistances } from './membershipDistances.js';
import { staySetDefinition } from './staySets.js';

const descriptor: MetricDescriptor = {
  id: 'events.mia_auroc',
  version: 1,
  family: 'events',
  title: 'Membership attack on events',
  explanation:
    'Can somebody who holds the events of a stay tell from the synthetic events whether it was in the training set? 0.5 means no better than guessing, 1 means always.',
  definition: `AUROC of −(distance to the nearest synthetic stay); ${staySetDefinition}. Members are training stays, non-members holdout stays, equal numbers at every hospital. Ties count ½. Interval: DeLong, stays of one patient taken together. Ceiling = fresh real patients as the synthetic cohort. ${convertedFormDefinition}`,
  misuse:
    'One attack of many, and an average: near 0.5 is no proof of privacy, and a few stays may be recognised with certainty (events.mia_tpr_at_fpr).',
  source: 'This project; RawMed (arXiv 2507.06996) reports an accuracy of an attack that it does not define.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also with members or non-members of one patient only.`,
  variants: { full: [{ mode: 'strict' }], privacy: [{ mode: 'strict' }] },
  threatModel: eventThreatModel,
  headline: true,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

export const eventMiaAuroc = defineMetric(descriptor, 'attack', (inputs) => {
  const { train, holdout, synthetic } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const distances = membershipDistances(inputs);
  if ('state' in distances) return distances;
  if (Math.min(...[train, holdout].map(({ patients }) => new Set(patients).size)) < 2)
    return undefinedResult('one-patient: all members or all non-members are stays of one patient', n);
  const [members, nonMembers] = [distances.members, distances.nonMembers].map((own) => own.map((d) => -d));
  const estimate = delong(members!, nonMembers!, { positives: train.patients, negatives: holdout.patients });
  return okResult(estimate.value, estimate, n, {
    roc: rocDetail(members!, nonMembers!),
    members: train.size,
    nonMembers: holdout.size,
  });
});
