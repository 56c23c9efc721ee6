import { distanceAttack } from './attacks/distanceAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaDistanceAuroc = membershipAuroc(distanceAttack, {
  id: 'privacy.mia_distance_auroc',
  title: 'Membership attack AUROC',
  explanation:
    'Can somebody who holds a patient’s record tell from the synthetic data whether that patient was in the training set? 0.5 means no better than guessing, 1 means always.',
  misuse:
    'Near 0.5 is no proof of privacy: with few patients the attack has little power, so read the interval; it is one attack of many, and an average: a few patients can be recognised with certainty (privacy.mia_tpr_at_fpr).',
  variants: { fast: [{}], full: [{}], privacy: [{}] },
  source: 'GAN-leaks, full black box (Chen et al. 2020), with a Gower distance.',
  headline: true,
});
