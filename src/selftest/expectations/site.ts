import { RARE } from '../generators/rareCodesDropped.js';
import {
  always,
  anyValue,
  asCopy,
  bad,
  between,
  exactlyCeiling,
  mildlyBad,
  near,
  notBetter,
  tooFew,
  zero,
  type FamilyExpectations,
  type Row,
} from '../expectation.js';

/** Nothing leaks at any hospital: the worst of several is 0.5 and a little. */
const noneStandsOut = between(0.4, 0.65);

/** In proportion, but for what hospitals with unlike densities take from each other. */
const inProportion = between(0, 0.2);

/**
 * Gaps may be below 0: pooled stays hold some of the hospital's own kind. They compare distributions of values, which independent columns
 * (dealt out within hospitals) and shuffled hours keep.
 */
const gapRow: Row = {
  copy: exactlyCeiling,
  fresh: { kind: 'ceiling', within: 0.03 },
  flipped: notBetter,
  half: { kind: 'ceiling', within: 0.03 },
  marginals: asCopy,
  shuffled: asCopy,
  permuted: asCopy,
  collapse: bad,
  // A rare code that is gone moves a distribution by less than its share.
  rareDropped: { kind: 'ceiling', within: RARE },
  oneHospital: notBetter,
  imputed: bad,
  oneLabel: asCopy,
  ...tooFew,
};

/** At the worst hospital: of two, the stays of the one are as far from the other as its real ones are. */
const worstGap: Row = { ...gapRow, oneHospital: near(0, 0.1) };

/** A fault that is alike at all hospitals does not spread. */
const spreadRow: Row = {
  ...gapRow,
  flipped: between(0, 0.3),
  collapse: between(0, 0.3),
  imputed: between(0, 0.3),
  oneHospital: mildlyBad,
};

const worstAttack: Row = {
  copy: between(0.9, 1),
  fresh: noneStandsOut,
  flipped: between(0.7, 1),
  half: between(0.6, 0.9),
  marginals: noneStandsOut,
  shuffled: between(0.75, 1),
  permuted: asCopy,
  collapse: noneStandsOut,
  rareDropped: noneStandsOut,
  oneHospital: noneStandsOut,
  imputed: noneStandsOut,
  oneLabel: asCopy,
  ...tooFew,
};

/** Differences between hospitals. */
export const siteExpectations: FamilyExpectations = {
  'site.fidelity_gap': [
    { when: { summary: 'worst' }, row: worstGap },
    { when: { summary: 'spread' }, row: spreadRow },
    ...always(gapRow),
  ],
  'site.worst_membership': [
    // These attacks learn that cells were changed, or see a few dimensions only, at a hospital as in the pool.
    {
      when: { attack: 'logan' },
      row: { ...worstAttack, flipped: between(0.5, 1), shuffled: between(0.5, 1) },
    },
    {
      when: { attack: 'domias' },
      row: { ...worstAttack, copy: between(0.8, 1), flipped: between(0.5, 1), shuffled: between(0.5, 1) },
    },
    ...always(worstAttack),
  ],
  'site.contribution_skew': always({
    copy: near(0, 0.001),
    fresh: inProportion,
    flipped: inProportion,
    half: inProportion,
    // Dealt out within hospitals.
    marginals: inProportion,
    shuffled: inProportion,
    permuted: asCopy,
    // One point has one nearest stay, of one hospital.
    collapse: mildlyBad,
    rareDropped: inProportion,
    oneHospital: mildlyBad,
    imputed: anyValue(
      'stays without missing cells are nearest to the hospital that measures most, if one does',
    ),
    oneLabel: asCopy,
    ...tooFew,
  }),
  'site.client_inference': always({
    // Always right about members, and about most fresh patients where hospitals differ.
    copy: between(0, 1),
    fresh: zero,
    // The nearest stay to a member is its own changed one, of the same hospital.
    flipped: between(0, 1),
    half: between(-0.05, 0.7),
    marginals: zero,
    shuffled: between(0, 1),
    permuted: asCopy,
    collapse: zero,
    rareDropped: zero,
    oneHospital: zero,
    imputed: zero,
    oneLabel: asCopy,
    ...tooFew,
  }),
};
