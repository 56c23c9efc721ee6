import { wilsonInterval } from '../../stats/interval.js';
import { positivesAtFpr } from '../../stats/rocCurve.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { shareParameter } from '../parameters.js';
import { convertedFormDefinition } from './convertedForm.js';
import { withoutEvents } from './eventSides.js';
import { eventThreatModel, membershipDistances } from './membershipDistances.js';

const RATES = [0.1, 0.01].map((fpr) => ({ mode: 'strict', fpr }));

const descriptor: MetricDescriptor = {
  id: 'events.mia_tpr_at_fpr',
  version: 1,
  family: 'events',
  title: 'Members found at few false alarms (events)',
  explanation:
    'Share of training stays that the attack on events recognises while wrongly accusing at most the share fpr of others: that same share means no better than chance.',
  definition: `True-positive rate of the attack of events.mia_auroc at the lowest threshold that at most a share fpr of the non-members exceeds, strictly above the threshold (tied distances are never split). Interval: Wilson for the share of members at that threshold, on the number of member patients; it leaves out the uncertainty of the threshold. Chance level = fpr. ${convertedFormDefinition}`,
  source: 'True-positive rate at low false-positive rate: Carlini et al. 2022; attack: this project.',
  direction: 'lower',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `${withoutEvents} Also when 1/(number of non-members) is coarser than fpr.`,
  variants: { full: RATES, privacy: RATES },
  threatModel: eventThreatModel,
  headline: false,
  bounds: 'reference-cohorts',
  ceilingFrom: 'reference',
};

export const eventMiaTprAtFpr = defineMetric(descriptor, 'attack', (inputs, parameters) => {
  const fpr = shareParameter(parameters, 'fpr', 0.1);
  const { train, holdout, synthetic } = inputs;
  const n = train.size + holdout.size + synthetic.size;
  const distances = membershipDistances(inputs);
  if ('state' in distances) return distances;
  const [members, nonMembers] = [distances.members, distances.nonMembers].map((own) => own.map((d) => -d));
  const resolution = 1 / nonMembers!.length;
  if (resolution > fpr + 1e-12)
    return undefinedResult(
      `resolution: ${nonMembers!.length} non-members resolve a false-positive rate of ${resolution.toPrecision(3)}, not ${fpr}`,
      n,
    );
  const rate = positivesAtFpr(members!, nonMembers!, fpr) / members!.length;
  const patients = new Set(train.patients).size;
  return okResult(rate, wilsonInterval(rate * patients, patients), n, { resolution });
});
