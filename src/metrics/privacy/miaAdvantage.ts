import { bestThreshold, shareAtLeast } from '../../stats/bestThreshold.js';
import { proportionDifferenceInterval } from '../../stats/proportionDifference.js';
import { bootstrapSeed } from '../additiveGap.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { PATIENT_SUMMARY_VERSION } from '../patientSummary.js';
import { attackScores } from './attacks/attack.js';
import { attackOf, attacks } from './attacks/index.js';
import { patientHalves } from './patientHalves.js';

const EVERY_ATTACK = attacks.map(({ name }) => ({ attack: name }));
const SMALLEST_HALF = 2;

const descriptor: MetricDescriptor = {
  id: 'privacy.mia_advantage',
  version: PATIENT_SUMMARY_VERSION,
  family: 'privacy',
  title: 'Membership advantage',
  explanation:
    'How many more of the training patients than of the others a yes-or-no attacker accuses, as a share: 0 means no better than guessing, 1 means always right.',
  definition:
    'TPR − FPR (membership advantage: Yeom et al. 2018) of the attack that parameter attack names, at a threshold (score at or above it) that maximises TPR − FPR on one half of the patients and is measured on the other half, both ways; TPR and FPR pool both halves. A threshold chosen and measured on the same scores gives a value above 0 without any leak; it stands in detail as maximumOnSameScores. Scores, cohorts and threat model are those of the AUROC of the attack. Interval: Newcombe’s square-and-add rule on the numbers of patients; it leaves out the choice of the threshold.',
  source:
    'Membership advantage (Yeom et al. 2018); threshold chosen and measured on different halves: this project.',
  direction: 'target',
  ideal: 0,
  range: [-1, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: `Fewer than ${2 * SMALLEST_HALF} member or non-member patients; an attack that needs a reference cohort has none.`,
  variants: { full: EVERY_ATTACK, privacy: EVERY_ATTACK },
  headline: false,
  bounds: 'reference-cohorts',
};

export const miaAdvantage = defineMetric(descriptor, 'attack', (cohorts, parameters, random) => {
  const { train, holdout, synthetic } = cohorts;
  const n = train.size + holdout.size + synthetic.size;
  const scores = attackScores(attackOf(parameters), cohorts, bootstrapSeed(random));
  if ('reason' in scores) return undefinedResult(scores.reason, n);
  const [memberPatients, otherPatients] = [new Set(train.patients).size, new Set(holdout.patients).size];
  if (Math.min(memberPatients, otherPatients) < 2 * SMALLEST_HALF)
    return undefinedResult(
      `few-patients: a threshold cannot be chosen on one half of fewer than ${2 * SMALLEST_HALF} patients`,
      n,
    );
  const { members, nonMembers } = scores;
  const halfOfMember = patientHalves(train.patients, random);
  const halfOfOther = patientHalves(holdout.patients, random);
  let [found, accused] = [0, 0];
  for (const measured of [0, 1]) {
    const threshold = bestThreshold(
      members.filter((_, row) => halfOfMember[row] !== measured),
      nonMembers.filter((_, row) => halfOfOther[row] !== measured),
    );
    members.forEach((score, row) => {
      if (halfOfMember[row] === measured && score >= threshold) found++;
    });
    nonMembers.forEach((score, row) => {
      if (halfOfOther[row] === measured && score >= threshold) accused++;
    });
  }
  const [tpr, fpr] = [found / members.length, accused / nonMembers.length];
  const same = bestThreshold(members, nonMembers);
  return okResult(
    tpr - fpr,
    proportionDifferenceInterval(
      { share: tpr, trials: memberPatients },
      { share: fpr, trials: otherPatients },
    ),
    n,
    {
      truePositiveRate: tpr,
      falsePositiveRate: fpr,
      maximumOnSameScores: shareAtLeast(members, same) - shareAtLeast(nonMembers, same),
    },
  );
});
