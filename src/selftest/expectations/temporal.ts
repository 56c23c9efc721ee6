import {
  bad,
  ceiling,
  dependenceLost,
  mildlyBad,
  notBetter,
  undefinedFor,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity } from './patterns.js';

/** Courses over time: independent columns and shuffled hours must both be seen. */
export const temporalExpectations: FamilyExpectations = {
  'temporal.acf_gap': fidelity({
    flipped: dependenceLost,
    marginals: dependenceLost,
    // Levels of a stay survive: what is lost is the order within it.
    shuffled: mildlyBad,
    collapse: undefinedFor('no-defined-lag'),
    rareDropped: ceiling,
    imputed: notBetter,
  }),
  'temporal.mask_transition': fidelity({
    flipped: 'kept',
    marginals: dependenceLost,
    shuffled: notBetter,
    collapse: bad,
    rareDropped: ceiling,
    imputed: bad,
  }),
};
