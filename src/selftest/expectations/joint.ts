import {
  badWhereSeen,
  mildlyBad,
  notWorsePlanted,
  oneOf,
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
  // Slopes, first and last values change.
  shuffled: between(0.5, 1),
  // A shuffled stay is most like its source, which other folds may hold as real: below ½ is possible, yet not far below.
  shuffledOfTrain: between(0.35, 1),
  collapse: near(1, 0.01),
  rareDropped: mildlyBad,
  imputed: near(1, 0.02),
  oneHospital: mildlyBad,
};

/** Shares of stays in the neighbourhood of the other cohort. */
const neighbourhood: FidelityFaults = {
  flipped: mildlyBad,
  marginals: badWhereSeen,
  shuffled: notBetter,
  // A changed training stay is nearer to its source than fresh patients are.
  flippedOfTrain: notWorsePlanted,
  shuffledOfTrain: notWorsePlanted,
  collapse: bad,
  rareDropped: notBetter,
  imputed: bad,
};

/** Where all synthetic stays are one point, it is in or out. */
const allOrNone = oneOf(0, 1);

/** The published score has no ideal, since its accuracy of a perfect generator depends on the split. */
const legacyScore = (best: number): FidelityFaults => ({
  ...discriminator,
  shuffled: notBetter,
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
    ...fidelity({ ...discrepancy, marginals: badWhereSeen, imputed: notBetter }, { space: 'sequences' }),
    ...fidelity(discrepancy),
  ],
  'joint.precision': fidelity({
    ...neighbourhood,
    collapse: allOrNone,
  }),
  // Scattered synthetic stays have large balls, in which every real stay lies.
  'joint.recall': fidelity({ ...neighbourhood, flipped: notWorsePlanted }),
  // Flipped cells leave the dense places, though not the ball of their source.
  'joint.density': fidelity({ ...neighbourhood, flippedOfTrain: mildlyBad, copyOfTrain: notWorse }),
  'joint.coverage': fidelity({ ...neighbourhood, oneHospital: mildlyBad }),
  // Shares on a grid of levels miss the ideal by a rounding of the number of stays.
  'joint.alpha_precision': fidelity({
    ...neighbourhood,
    // Distance from the centre, not from the source.
    flippedOfTrain: mildlyBad,
    copyOfTrain: notWorse,
  }),
  'joint.beta_recall': fidelity({ ...neighbourhood, flippedOfTrain: mildlyBad, copyOfTrain: notWorse }),
  'joint.authenticity': [
    {
      when: { against: 'train' },
      row: {
        copy: near(0, 0),
        fresh: ceiling,
        // Changed copies are nearer to their source than that is to any other stay.
        flipped: mildlyBad,
        half: near(0.4, 0.2),
        // What is far from all real stays is authentic, however wrong.
        marginals: notWorse,
        shuffled: mildlyBad,
        permuted: asCopy,
        collapse: allOrNone,
        rareDropped: ceiling,
        oneHospital: ceiling,
        imputed: notWorse,
        oneLabel: asCopy,
        ...tooFew,
      },
    },
    ...fidelity({
      ...neighbourhood,
      collapse: allOrNone,
      imputed: notWorse,
      flipped: notWorse,
      marginals: notWorse,
    }),
  ],
};
