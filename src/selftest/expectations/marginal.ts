import {
  always,
  bad,
  ceiling,
  mildlyBad,
  notBetter,
  notWorse,
  tooFew,
  undefinedFor,
  unlessUndefined,
  type FamilyExpectations,
  type MetricRows,
} from '../expectation.js';
import { fidelity, type FidelityFaults } from './patterns.js';

/** Distributions of observed values: independent columns and shuffled hours must not disturb them. */
const distribution: FidelityFaults = {
  flipped: mildlyBad,
  marginals: 'kept',
  shuffled: 'kept',
  collapse: bad,
  rareDropped: ceiling,
  imputed: bad,
};

/** Shares of codes; on data without codes these metrics look at masks, which flipping keeps and imputing does not. */
const codes: FidelityFaults = {
  flipped: notBetter,
  flippedOfTrain: { kind: 'not-ideal', mild: true },
  marginals: 'kept',
  shuffled: 'kept',
  collapse: bad,
  rareDropped: notBetter,
  imputed: notBetter,
};

/** By stay, independent columns are seen: a code that lasts falls apart into many stays. */
const codesByStay: FidelityFaults = { ...codes, marginals: notBetter };

const codesEveryWay = (faults: FidelityFaults): MetricRows => [
  ...fidelity(faults, { by: 'code' }),
  // By stay, independent columns are seen: a code that lasts falls apart into many stays.
  ...fidelity({ ...faults, marginals: notBetter }, { by: 'stay' }),
  ...fidelity({ ...faults, shuffled: notBetter }),
];

/** A correlation needs prevalences that vary; a collapsed cohort has every code always or never. */
const correlated: FidelityFaults = {
  ...codes,
  collapse: undefinedFor('no-comparable-prevalence'),
  // Without codes it is masks that are imputed, and then every one is 1.
  imputed: { kind: 'unless-undefined', codes: ['no-comparable-prevalence'], said: notBetter },
};

export const marginalExpectations: FamilyExpectations = {
  'marginal.ks': fidelity({ ...distribution, oneHospital: mildlyBad }),
  'marginal.wasserstein': fidelity({ ...distribution, oneHospital: mildlyBad }),
  'marginal.tvd': fidelity({ ...distribution, rareDropped: notBetter, imputed: notBetter }),
  'marginal.js': fidelity({ ...distribution, rareDropped: notBetter, oneHospital: mildlyBad }),
  'marginal.missing_rate': fidelity({
    ...distribution,
    // Flipping changes values, never masks.
    flipped: 'kept',
    oneHospital: mildlyBad,
  }),
  'marginal.prevalence_r2': [
    // Few cohorts have several codes as rare as that.
    ...unlessUndefined(fidelity(codesByStay, { by: 'stay', below: 0.01 }), 'no-comparable-prevalence'),
    ...codesEveryWay(codes),
  ],
  'marginal.prevalence_pearson': codesEveryWay(correlated),
  'marginal.prevalence_pearson_squared': codesEveryWay(correlated),
  'marginal.prevalence_rmse': codesEveryWay(codes),
  'marginal.prevalence_mae': codesEveryWay(codes),
  'marginal.codes_lost': fidelity({
    ...codes,
    // A flipped cell can bring a code back, never lose it.
    flipped: notWorse,
    flippedOfTrain: notWorse,
    rareDropped: mildlyBad,
    collapse: mildlyBad,
    imputed: ceiling,
  }),
  'marginal.codes_invented': fidelity({
    ...codes,
    flippedOfTrain: notWorse,
    collapse: notWorse,
    rareDropped: notWorse,
    imputed: notBetter,
  }),
  'marginal.observed_mean_gap': fidelity({
    ...distribution,
    flipped: bad,
    // Collapse keeps the mean and imputing fills in with it.
    collapse: notWorse,
    imputed: ceiling,
  }),
  'marginal.observed_sd_gap': fidelity({ ...distribution, flipped: bad }),
  'marginal.static_gap': fidelity({
    ...distribution,
    flipped: 'kept',
    imputed: ceiling,
  }),
  'marginal.label_prevalence_gap': fidelity({
    flipped: 'kept',
    marginals: 'kept',
    shuffled: 'kept',
    collapse: 'kept',
    rareDropped: ceiling,
    imputed: ceiling,
    oneLabel: bad,
  }),
  'marginal.length_ks': fidelity({
    flipped: 'kept',
    marginals: 'kept',
    shuffled: 'kept',
    collapse: mildlyBad,
    rareDropped: ceiling,
    imputed: ceiling,
  }),
  'marginal.event_count_ks': fidelity({
    flipped: 'kept',
    marginals: notBetter,
    shuffled: 'kept',
    collapse: bad,
    rareDropped: notBetter,
    imputed: bad,
  }),
  // Every stay of the ladder has a patient of its own, whatever it was made from.
  'marginal.stays_per_patient_ks': always({
    copy: notBetter,
    fresh: ceiling,
    flipped: notBetter,
    half: notBetter,
    marginals: notBetter,
    shuffled: notBetter,
    permuted: notBetter,
    collapse: notBetter,
    rareDropped: notBetter,
    oneHospital: notBetter,
    imputed: notBetter,
    oneLabel: notBetter,
    ...tooFew,
  }),
};
