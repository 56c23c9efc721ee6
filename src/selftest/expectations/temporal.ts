import {
  anyValue,
  bad,
  badWhereSeen,
  between,
  ceiling,
  dependenceLost,
  mildlyBad,
  notBetter,
  notWorse,
  undefinedFor,
  type Expectation,
  type FamilyExpectations,
} from '../expectation.js';
import { fidelity, type FidelityFaults } from './patterns.js';

/** Courses of values over time: independent columns and shuffled hours must both be seen. */
const courses: FidelityFaults = {
  flipped: mildlyBad,
  marginals: dependenceLost,
  // Levels of a stay survive: what is lost is the order within it.
  shuffled: mildlyBad,
  collapse: undefinedFor('no-defined-lag'),
  rareDropped: ceiling,
  imputed: notBetter,
};

/** When something is measured: values do not matter. */
const masks: FidelityFaults = {
  flipped: 'kept',
  marginals: dependenceLost,
  shuffled: notBetter,
  collapse: bad,
  rareDropped: ceiling,
  imputed: bad,
};

/** Codes from one hour to the next; without codes it is masks, which flipping keeps. */
const codes: FidelityFaults = {
  ...courses,
  flippedOfTrain: { kind: 'not-ideal', mild: true },
  shuffled: notBetter,
  collapse: notBetter,
  rareDropped: notBetter,
};

/** Beyond the chance of training, which the interval does not know. */
const notMuchBetter: Expectation = { kind: 'not-better', within: 0.02 };

/** The published score hardly tells generators apart: what it may not do is to praise a fault. */
const legacyForecast: FidelityFaults = {
  flipped: notMuchBetter,
  flippedOfTrain: notMuchBetter,
  marginals: notMuchBetter,
  shuffled: notMuchBetter,
  shuffledOfTrain: notMuchBetter,
  collapse: notMuchBetter,
  rareDropped: notMuchBetter,
  imputed: notMuchBetter,
  oneHospital: notMuchBetter,
  // Tested on the stays that it learned from.
  copyOfTrain: notWorse,
};

export const temporalExpectations: FamilyExpectations = {
  // Cells filled in with the mean pull correlations to 0 and leave increments of 0.
  'temporal.acf_gap': fidelity({ ...courses, imputed: mildlyBad }),
  'temporal.cross_lag_gap': fidelity({
    ...courses,
    collapse: undefinedFor('no-defined-pair'),
    imputed: mildlyBad,
  }),
  'temporal.increment_ks': fidelity({ ...courses, collapse: bad, imputed: mildlyBad }),
  'temporal.sequence_statistics_ks': fidelity({ ...courses, collapse: bad, shuffled: notBetter }),
  'temporal.spectral_gap': fidelity({ ...courses, collapse: undefinedFor('no-spectrum') }),
  'temporal.lag_pair_mmd': fidelity({
    ...courses,
    // A distance of whole pairs of steps in all features: at the ladder's size its noise hides what is lost.
    flipped: mildlyBad,
    flippedOfTrain: mildlyBad,
    marginals: badWhereSeen,
    shuffled: notBetter,
    // Steps keep their law, so that what shuffling does to pairs of them is small.
    shuffledOfTrain: between(-0.02, 0.2),
    collapse: bad,
    // An unbiased statistic of a sample against itself lies below 0, its ideal.
    copyOfTrain: between(-2, 0),
  }),
  'temporal.dtw_set_distance': fidelity({
    ...courses,
    flipped: notBetter,
    flippedOfTrain: anyValue('warping may hide a flipped cell'),
    marginals: badWhereSeen,
    shuffled: notBetter,
    shuffledOfTrain: anyValue('warping may hide another order of hours'),
    collapse: bad,
    // An unbiased statistic of a sample against itself lies below 0, its ideal.
    copyOfTrain: notWorse,
  }),
  'temporal.predictive_score': fidelity(legacyForecast),
  'temporal.mask_transition': fidelity({ ...masks, oneHospital: mildlyBad }),
  'temporal.missing_rate_over_time': fidelity({ ...masks, marginals: 'kept', oneHospital: mildlyBad }),
  'temporal.mask_cooccurrence': [
    ...fidelity(
      {
        ...masks,
        shuffled: 'kept',
        collapse: undefinedFor('constant-masks'),
        imputed: undefinedFor('constant-masks'),
      },
      { measure: 'phi' },
    ),
    // Jaccard follows the rates more than what is measured together.
    ...fidelity({ ...masks, shuffled: 'kept', marginals: notBetter }, { measure: 'jaccard' }),
  ],
  'temporal.measurement_gap_ks': fidelity({ ...masks, marginals: notBetter }),
  'temporal.gap_ks': fidelity({
    ...masks,
    // Where every hour has an event, or silent ones come at random, no order of hours changes the law of a gap.
    shuffledOfTrain: notBetter,
    marginals: badWhereSeen,
    collapse: badWhereSeen,
    imputed: badWhereSeen,
  }),
  'temporal.event_time_ks': fidelity({
    ...masks,
    marginals: 'kept',
    collapse: notBetter,
    imputed: notBetter,
  }),
  'temporal.informative_missingness': fidelity({
    ...masks,
    shuffled: 'kept',
    permuted: notBetter,
    oneLabel: undefinedFor('single-class-synthetic'),
    collapse: undefinedFor('constant-missing-rates'),
    imputed: undefinedFor('constant-missing-rates'),
  }),
  'temporal.code_transition': fidelity(codes),
  'temporal.code_bigram_r2': fidelity(codes),
};
