import { monteCarloAttack } from './attacks/monteCarloAttack.js';
import { membershipAuroc } from './membershipAuroc.js';

export const miaMonteCarloAuroc = membershipAuroc(monteCarloAttack, {
  id: 'privacy.mia_monte_carlo_auroc',
  title: 'Monte-Carlo membership attack AUROC',
  explanation:
    'A membership attack that counts how many synthetic patients crowd around a record: 0.5 means no better than guessing, 1 means always.',
  variants: { full: [{}], privacy: [{}] },
  source: 'Monte-Carlo attack (Hilprecht et al. 2019), with a Gower distance.',
  headline: false,
});
