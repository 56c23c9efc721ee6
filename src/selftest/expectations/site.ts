import {
  always,
  asCopy,
  between,
  near,
  tooFew,
  zero,
  type FamilyExpectations,
  type Row,
} from '../expectation.js';

/** Nothing leaks at any hospital: the worst of several is 0.5 and a little. */
const noneStandsOut = between(0.4, 0.65);

/** In proportion, but for what hospitals with unlike densities take from each other. */
const inProportion = between(0, 0.2);

const anyGap = between(-1, 2);

/** Gaps may be below 0: pooled stays hold some of the hospital's own kind. */
const gapRow: Row = {
  copy: between(-1, 0.1),
  fresh: between(-1, 0.1),
  flipped: anyGap,
  half: between(-1, 0.1),
  marginals: between(-1, 0.1),
  shuffled: asCopy,
  permuted: asCopy,
  collapse: between(0, 2),
  rareDropped: anyGap,
  oneHospital: anyGap,
  imputed: anyGap,
  oneLabel: asCopy,
  ...tooFew,
};

/** Differences between hospitals. */
export const siteExpectations: FamilyExpectations = {
  'site.fidelity_gap': always(gapRow),
  'site.worst_membership': always({
    copy: between(0.9, 1),
    fresh: noneStandsOut,
    flipped: between(0.5, 1),
    half: between(0.6, 0.9),
    marginals: noneStandsOut,
    shuffled: between(0.4, 1),
    permuted: asCopy,
    collapse: noneStandsOut,
    rareDropped: noneStandsOut,
    oneHospital: noneStandsOut,
    imputed: noneStandsOut,
    oneLabel: asCopy,
    ...tooFew,
  }),
  'site.contribution_skew': always({
    copy: near(0, 0.001),
    fresh: inProportion,
    flipped: inProportion,
    half: inProportion,
    marginals: between(0, 0.6),
    shuffled: inProportion,
    permuted: asCopy,
    collapse: between(0, 1),
    rareDropped: inProportion,
    oneHospital: between(0, 0.8),
    imputed: between(0, 0.6),
    oneLabel: asCopy,
    ...tooFew,
  }),
  'site.client_inference': always({
    copy: between(0.02, 1),
    fresh: zero,
    flipped: between(-0.1, 1),
    half: between(-0.05, 0.7),
    marginals: zero,
    shuffled: between(-0.1, 1),
    permuted: asCopy,
    collapse: zero,
    rareDropped: zero,
    oneHospital: zero,
    imputed: zero,
    oneLabel: asCopy,
    ...tooFew,
  }),
};
