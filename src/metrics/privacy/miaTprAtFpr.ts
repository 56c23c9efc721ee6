import { wilsonInterval } from '../../stats/interval.js';
import { positivesAtFpr } from '../../stats/rocCurve.js';
import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { numberParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { attackScores } from './attacks/attack.js';
import { attackOf, attacks } from './attacks/index.js';

/** One in a hundred and one in a thousand for every attack, the headline first. */
const EVERY_ATTACK = attacks.flatMap(({ name }) => [
  { attack: name, fpr: 0.01 },
  { attack: name, fpr: 0.001 },
]);

const descriptor: MetricDescriptor = {
  id: 'privacy.mia_tpr_at_fpr',
  version: PATIENT_SUMMARY_VERSION + 1,
  family: 'privacy',
  title: 'Members found at few false alarms',
  explanation:
    'Share of training patients that an attacker recognises while wrongly accusing at most one in a hundred (or as few as parameter fpr says) others: that same small share means no better than chance.',
  definition:
    'True-positive rate at the lowest threshold that at most a share fpr of the non-members exceeds, scores and threat model of the attack that parameter attack names (as in its AUROC), strictly above the threshold (tied scores are never split). Interval: Wilson for the share of members at that threshold, on the number of member patients; it leaves out the uncertainty of the threshold. Chance level = fpr.',
  source: 'True-positive rate at a low false-positive rate (Carlini et al. 2022).',
  direction: 'lower',
  ideal: null,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen:
    'The resolution 1/(number of non-members) is coarser than fpr; the reason then gives the value at the finest false-positive rate that these non-members resolve. An attack that needs a reference cohort has none.',
  variants: { fast: [{ attack: 'distance', fpr: 0.01 }], full: EVERY_ATTACK, privacy: EVERY_ATTACK },
  headline: false,
  bounds: 'reference-cohorts',
};

export const miaTprAtFpr = defineMetric(descriptor, 'attack', (cohorts, parameters, random) => {
  const fpr = numberParameter(parameters, 'fpr', 0.01);
  const { train, holdout, synthetic } = cohorts;
  const n = train.size + holdout.size + synthetic.size;
  const scores = attackScores(attackOf(parameters), cohorts, bootstrapSeed(random));
  if ('reason' in scores) return undefinedResult(scores.reason, n);
  const { members, nonMembers } = scores;
  const resolution = 1 / nonMembers.length;
  if (resolution > fpr + 1e-12) {
    const coarser = positivesAtFpr(members, nonMembers, resolution) / members.length;
    return undefinedResult(
      `resolution: ${nonMembers.length} non-members resolve a false-positive rate of ${resolution.toPrecision(3)}, not ${fpr}; at ${resolution.toPrecision(3)} the true-positive rate is ${coarser.toPrecision(3)}`,
      n,
    );
  }
  const rate = positivesAtFpr(members, nonMembers, fpr) / members.length;
  const patients = new Set(train.patients).size;
  return okResult(rate, wilsonInterval(rate * patients, patients), n, { resolution });
});
