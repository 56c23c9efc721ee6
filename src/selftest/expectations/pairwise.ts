import {
  dependenceLost,
  mildlyBad,
  notBetter,
  undefinedFor,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity } from './patterns.js';

/** Dependence of pairs of columns: within one hour, so shuffled hours must not disturb it. */
export const pairwiseExpectations: FamilyExpectations = {
  'pairwise.correlation_gap': fidelity({
    flipped: mildlyBad,
    marginals: dependenceLost,
    shuffled: 'kept',
    collapse: undefinedFor('no-defined-pair'),
    rareDropped: notBetter,
    // Cells that are filled with the mean pull correlations to 0.
    imputed: notBetter,
  }),
};
