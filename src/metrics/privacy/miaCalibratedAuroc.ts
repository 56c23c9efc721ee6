import { calibratedAttack } from './attacks/calibratedAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaCalibratedAuroc = membershipAuroc(calibratedAttack, {
  id: 'privacy.mia_calibrated_auroc',
  title: 'Calibrated membership attack AUROC',
  explanation:
    'As the membership attack, but the attacker first asks how close fresh patients come to the record anyway: 0.5 means no better than guessing, 1 means always.',
  variants: { full: [{}], privacy: [{}] },
  source:
    'Calibrated GAN-leaks (Chen et al. 2020), with reference patients in the place of a reference model.',
  headline: false,
  note: 'The ceiling takes the reference itself for the synthetic cohort, which makes all scores equal: it is 0.5 exactly.',
});
