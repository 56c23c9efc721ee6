import {
  bad,
  between,
  ceiling,
  dependenceLost,
  near,
  notBetter,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity } from './patterns.js';

/** Whole stays. */
export const jointExpectations: FamilyExpectations = {
  'joint.discriminator_auroc': fidelity({
    flipped: bad,
    marginals: dependenceLost,
    shuffled: notBetter,
    collapse: near(1, 0.01),
    rareDropped: notBetter,
    imputed: near(1, 0.02),
  }),
  'joint.mmd': fidelity({
    flipped: notBetter,
    marginals: bad,
    shuffled: notBetter,
    collapse: bad,
    rareDropped: ceiling,
    imputed: bad,
    // An unbiased statistic of a sample against itself lies below 0, its ideal.
    copyOfTrain: between(-1, 0),
  }),
};
