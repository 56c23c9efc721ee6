import {
  asCopy,
  bad,
  between,
  ceiling,
  dependenceLost,
  ideal,
  near,
  notBetter,
  notWorse,
  tooFew,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity, type FidelityFaults } from './patterns.js';

/** A classifier between synthetic and real stays. */
const discriminator: FidelityFaults = {
  flipped: bad,
  marginals: dependenceLost,
  shuffled: notBetter,
  collapse: near(1, 0.01),
  rareDropped: notBetter,
  imputed: near(1, 0.02),
};

/** Shares of stays in the neighbourhood of the other cohort. */
const neighbourhood: FidelityFaults = {
  flipped: notBetter,
  marginals: notBetter,
  shuffled: notBetter,
  collapse: bad,
  rareDropped: notBetter,
  imputed: bad,
};

export const jointExpectations: FamilyExpectations = {
  'joint.discriminator_auroc': fidelity(discriminator),
  'joint.discriminative_score': fidelity({ ...discriminator, copyOfTrain: notWorse }),
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
  'joint.precision': fidelity(neighbourhood),
  'joint.recall': fidelity(neighbourhood),
  'joint.density': fidelity({ ...neighbourhood, copyOfTrain: notWorse }),
  'joint.coverage': fidelity(neighbourhood),
  'joint.alpha_precision': fidelity({ ...neighbourhood, copyOfTrain: ideal }),
  'joint.beta_recall': fidelity({ ...neighbourhood, copyOfTrain: notWorse }),
  'joint.authenticity': [
    {
      when: { against: 'train' },
      row: {
        copy: near(0, 0),
        fresh: ceiling,
        flipped: between(0, 1),
        half: near(0.4, 0.2),
        marginals: between(0, 1),
        shuffled: between(0, 1),
        permuted: asCopy,
        collapse: between(0, 1),
        rareDropped: ceiling,
        oneHospital: ceiling,
        imputed: between(0, 1),
        oneLabel: asCopy,
        ...tooFew,
      },
    },
    ...fidelity({
      ...neighbourhood,
      collapse: between(0, 1),
      imputed: between(0, 1),
      flipped: between(0, 1),
      marginals: between(0, 1),
    }),
  ],
};
