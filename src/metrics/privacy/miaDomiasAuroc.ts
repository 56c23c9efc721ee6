import { domiasAttack } from './attacks/domiasAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaDomiasAuroc = membershipAuroc(domiasAttack, {
  id: 'privacy.mia_domias_auroc',
  title: 'Density-ratio membership attack AUROC',
  explanation:
    'A membership attack that looks where the synthetic patients are denser than the population is: 0.5 means no better than guessing, 1 means always.',
  variants: { full: [{}], privacy: [{}] },
  source: 'DOMIAS (van Breugel et al. 2023), evaluated in log space; embedding and bandwidth: this project.',
  headline: false,
  note: 'The ceiling takes the reference itself for the synthetic cohort, which makes all scores equal: it is 0.5 exactly.',
});
