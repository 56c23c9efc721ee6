import {
  any,
  asCopy,
  bad,
  between,
  ceiling,
  dependenceLost,
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
  // Identical hours, another order: what a summary of a stay keeps may not tell it from its source.
  shuffledOfTrain: any('the summary of a stay keeps little of the order of its hours'),
  collapse: near(1, 0.01),
  rareDropped: notBetter,
  imputed: near(1, 0.02),
};

/** A changed training stay may still lie within the neighbourhood of its source, all of them or none. */
const insideTrain = any('a changed training stay may or may not leave the neighbourhood of its source');

/** Shares of stays in the neighbourhood of the other cohort. */
const neighbourhood: FidelityFaults = {
  flipped: notBetter,
  marginals: notBetter,
  shuffled: notBetter,
  flippedOfTrain: insideTrain,
  shuffledOfTrain: insideTrain,
  collapse: bad,
  rareDropped: notBetter,
  imputed: bad,
};

/** The published score has no ideal, since its accuracy of a perfect generator depends on the split. */
const legacyScore = (best: number): FidelityFaults => ({
  ...discriminator,
  copyOfTrain: notWorse,
  flippedOfTrain: bad,
  shuffledOfTrain: notBetter,
  collapse: near(best, 0.02),
  imputed: near(best, 0.02),
});

const discrepancy: FidelityFaults = {
  flipped: notBetter,
  flippedOfTrain: notBetter,
  marginals: bad,
  shuffled: notBetter,
  shuffledOfTrain: between(-1, 1),
  collapse: bad,
  rareDropped: ceiling,
  imputed: bad,
  // An unbiased statistic of a sample against itself lies below 0, its ideal.
  copyOfTrain: between(-1, 0),
};

export const jointExpectations: FamilyExpectations = {
  'joint.discriminator_auroc': fidelity(discriminator),
  'joint.discriminative_score': [
    ...fidelity(legacyScore(1), { measure: 'accuracy' }),
    ...fidelity(legacyScore(0.5), { measure: 'distance' }),
  ],
  'joint.mmd': [
    // Raw grids have so many dimensions that at the ladder's size noise hides all but collapse.
    ...fidelity({ ...discrepancy, marginals: notBetter, imputed: notBetter }, { space: 'sequences' }),
    ...fidelity(discrepancy),
  ],
  'joint.precision': fidelity({
    ...neighbourhood,
    collapse: any('one point lies inside a ball or outside all of them: precision does not see collapse'),
  }),
  'joint.recall': fidelity(neighbourhood),
  'joint.density': fidelity({ ...neighbourhood, copyOfTrain: notWorse }),
  'joint.coverage': fidelity(neighbourhood),
  // Shares on a grid of levels miss the ideal by a rounding of the number of stays.
  'joint.alpha_precision': fidelity({ ...neighbourhood, copyOfTrain: notWorse }),
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
