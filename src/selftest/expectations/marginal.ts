import { bad, ceiling, mildlyBad, notBetter, type FamilyExpectations } from '../expectation.js';
import { fidelity } from './patterns.js';

/** Distributions of single columns: independent columns and shuffled hours must not disturb them. */
export const marginalExpectations: FamilyExpectations = {
  'marginal.ks': fidelity({
    flipped: mildlyBad,
    marginals: 'kept',
    shuffled: 'kept',
    collapse: bad,
    rareDropped: ceiling,
    imputed: bad,
  }),
  'marginal.wasserstein': fidelity({
    flipped: mildlyBad,
    marginals: 'kept',
    shuffled: 'kept',
    collapse: bad,
    rareDropped: ceiling,
    imputed: bad,
  }),
  'marginal.missing_rate': fidelity({
    // Flipping changes values, never masks.
    flipped: 'kept',
    marginals: 'kept',
    shuffled: 'kept',
    collapse: bad,
    rareDropped: ceiling,
    imputed: bad,
  }),
  'marginal.prevalence_r2': fidelity({
    // Without codes it looks at masks, which flipping keeps.
    flipped: notBetter,
    flippedOfTrain: { kind: 'not-ideal', mild: true },
    marginals: 'kept',
    shuffled: notBetter,
    collapse: bad,
    rareDropped: notBetter,
    imputed: notBetter,
  }),
};
