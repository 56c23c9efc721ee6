import { distanceAttack } from './attacks/distanceAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaDistanceAuroc = membershipAuroc(distanceAttack, {
  id: 'privacy.mia_distance_auroc',
  title: 'Membership attack AUROC',
  explanation:
    'Can somebody who holds a patient’s record tell from the synthetic data whether that patient was in the training set? 0.5 means no better than guessing, 1 means always.',
  variants: { fast: [{}], full: [{}], privacy: [{}] },
  headline: true,
});
