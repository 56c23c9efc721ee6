import { loganAttack } from './attacks/loganAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaLoganAuroc = membershipAuroc(loganAttack, {
  id: 'privacy.mia_logan_auroc',
  title: 'Classifier membership attack AUROC',
  explanation:
    'A membership attack by a classifier that has learned to tell synthetic patients from fresh ones: 0.5 means no better than guessing, 1 means always.',
  variants: { full: [{}], privacy: [{}] },
  source:
    'LOGAN without access to the generator (Hayes et al. 2019), with a forest in the place of a network.',
  headline: false,
});
