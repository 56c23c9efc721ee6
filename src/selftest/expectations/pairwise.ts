import {
  badWhereSeen,
  dependenceLost,
  mildlyBad,
  notBetter,
  undefinedFor,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity, type FidelityFaults } from './patterns.js';

/** Dependence of pairs of columns: within one hour, so shuffled hours must not disturb it. */
const associations: FidelityFaults = {
  flipped: mildlyBad,
  marginals: dependenceLost,
  shuffled: 'kept',
  collapse: undefinedFor('no-defined-pair'),
  rareDropped: notBetter,
  // Cells that are filled with the mean pull correlations to 0.
  imputed: notBetter,
};

export const pairwiseExpectations: FamilyExpectations = {
  'pairwise.correlation_gap': fidelity({ ...associations, imputed: mildlyBad }),
  'pairwise.association_gap': fidelity({ ...associations, imputed: mildlyBad }),
  'pairwise.correlation_agreement': fidelity(associations),
  'pairwise.cooccurrence_r2': fidelity({
    ...associations,
    flipped: notBetter,
    // R² of a few frequent pairs: at the ladder's size its noise may hide what is lost.
    marginals: badWhereSeen,
    // Without codes it looks at masks, which flipping keeps.
    flippedOfTrain: { kind: 'not-ideal', mild: true },
    collapse: notBetter,
  }),
};
