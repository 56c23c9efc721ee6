import {
  alarm,
  anyValue,
  freshToCopy,
  mildlyBad,
  unlessUndefined,
  always,
  asCopy,
  between,
  half,
  near,
  tooFew,
  undefinedFor,
  zero,
  type FamilyExpectations,
  type MetricRows,
  type Row,
} from '../expectation.js';
import { membershipAuroc } from './patterns.js';

/** Attacks and copy checks: alarm for copies, silence for whoever has not seen the members. */
const noAlarm = {
  fresh: zero,
  marginals: zero,
  collapse: zero,
  rareDropped: zero,
  oneHospital: zero,
  imputed: zero,
} satisfies Partial<Row>;

const tprRow = (fpr: number): Row => {
  const chance = near(fpr, 0.03);
  return {
    copy: between(0.9, 1),
    fresh: chance,
    flipped: between(0.1, 1),
    half: near(0.5, 0.08),
    marginals: chance,
    // Summaries of a stay keep its mean, spread and missing rates: the nearest stay to a member is still its own.
    shuffled: alarm,
    permuted: asCopy,
    collapse: chance,
    rareDropped: chance,
    oneHospital: chance,
    imputed: chance,
    oneLabel: asCopy,
    ...tooFew,
  };
};

/** Copy checks that stay silent about all that is not copied; what they say about copies is their own. */
const copyCheck = {
  ...noAlarm,
  // Summaries of a stay keep its mean, spread and missing rates: shuffled hours are near their source.
  shuffled: alarm,
  permuted: asCopy,
  oneLabel: asCopy,
  ...tooFew,
} satisfies Partial<Row>;

/** Without a leak the F1 at one threshold is anything up to what accusing everybody gives. */
const belowTrivial = between(0, 0.68);

/** Attacks on distances find every copy; those on densities or counts are less sharp at the far end of their scores. */
const strictRates = (fpr: number): MetricRows => {
  const dense = anyValue('members of dense regions have the highest counts, copied or not');
  return [
    {
      when: { fpr, attack: 'domias' },
      row: { ...tprRow(fpr), copy: alarm, half: alarm, flipped: freshToCopy, shuffled: freshToCopy },
    },
    {
      when: { fpr, attack: 'monte-carlo' },
      row: { ...tprRow(fpr), copy: alarm, half: dense, flipped: dense, shuffled: dense },
    },
    // A classifier of synthetic against fresh patients learns that cells were flipped or moved, not whose they are.
    {
      when: { fpr, attack: 'logan' },
      row: { ...tprRow(fpr), copy: between(0.7, 1), flipped: freshToCopy, shuffled: freshToCopy },
    },
    { when: { fpr }, row: tprRow(fpr) },
  ];
};

const duplicates: Row = {
  ...noAlarm,
  copy: near(1, 0),
  // A stay of many cells keeps none unflipped; a short one may.
  flipped: between(0, 0.3),
  half: near(0.5, 0.02),
  // A stay of one step is its own shuffle.
  shuffled: between(0, 0.3),
  permuted: asCopy,
  oneLabel: asCopy,
  ...tooFew,
};

const advantage: Row = {
  ...noAlarm,
  copy: between(0.9, 1),
  flipped: between(0.3, 1),
  half: near(0.5, 0.08),
  shuffled: between(0.3, 1),
  permuted: asCopy,
  oneLabel: asCopy,
  ...tooFew,
};

export const privacyExpectations: FamilyExpectations = {
  'privacy.mia_distance_auroc': always(membershipAuroc()),
  'privacy.mia_calibrated_auroc': always(membershipAuroc()),
  'privacy.mia_monte_carlo_auroc': always(membershipAuroc()),
  // A classifier of synthetic against fresh patients learns that cells were flipped, not whose they are.
  'privacy.mia_logan_auroc': always(membershipAuroc({ flipped: between(0.5, 1), shuffled: alarm })),
  // A density in a few dimensions is raised by copies, but not by them alone.
  'privacy.mia_domias_auroc': always(
    membershipAuroc({ copy: between(0.85, 1), flipped: between(0.5, 1), shuffled: between(0.5, 1) }),
  ),
  'privacy.mia_tpr_at_fpr': [
    ...strictRates(0.01),
    // The rarest false alarms need a thousand non-members.
    ...unlessUndefined(strictRates(0.001), 'resolution'),
  ],
  'privacy.mia_advantage': [
    {
      when: { attack: 'domias' },
      row: {
        ...advantage,
        copy: between(0.5, 1),
        flipped: freshToCopy,
        half: between(0.2, 0.7),
        shuffled: freshToCopy,
      },
    },
    { when: { attack: 'logan' }, row: { ...advantage, flipped: freshToCopy, shuffled: freshToCopy } },
    ...always(advantage),
  ],
  'privacy.dcr_share': always({
    copy: near(1, 0),
    fresh: half,
    flipped: between(0.75, 1),
    half: near(0.75, 0.04),
    marginals: half,
    // Summaries of a stay keep its mean, spread and missing rates: the nearest stay is still its source.
    shuffled: between(0.75, 1),
    permuted: asCopy,
    collapse: half,
    rareDropped: half,
    oneHospital: half,
    imputed: half,
    oneLabel: asCopy,
    ...tooFew,
  }),
  'privacy.duplicate_excess': [
    {
      // Near-duplicates in the space of summaries: the nearer, the fewer measurements a stay has.
      when: { within: 0.02 },
      row: { ...duplicates, flipped: between(0, 1), shuffled: between(0, 1) },
    },
    ...always(duplicates),
  ],
  // Signed or absolute: whoever has seen the members has a loss above 0.
  'privacy.nnaa': always({
    ...noAlarm,
    copy: near(0.5, 0.05),
    // Synthetic stays lie apart from fresh ones and right beside their sources: more than a copy.
    flipped: between(0.2, 0.9),
    half: between(0.1, 0.45),
    shuffled: between(0.2, 0.75),
    permuted: asCopy,
    oneLabel: asCopy,
    ...tooFew,
  }),
  'privacy.dcr_quantile': always({
    ...copyCheck,
    copy: between(0.001, 1),
    flipped: alarm,
    half: between(0.001, 1),
  }),
  'privacy.nndr': always({
    ...copyCheck,
    copy: between(0.2, 1),
    flipped: alarm,
    half: between(0.2, 1),
  }),
  'privacy.epsilon_identifiability': always({
    ...copyCheck,
    copy: between(0.3, 0.7),
    flipped: alarm,
    // Copies of other training stays are never nearer than those stays themselves: half a copy counts about a sixth.
    half: between(0, 0.35),
  }),
  'privacy.attribute_inference': always({
    ...copyCheck,
    copy: between(0.5, 1),
    // Flipped cells change the sensitive values themselves, with many hours all of them.
    flipped: mildlyBad,
    half: between(0.1, 0.8),
  }),
  'privacy.mir_f1': always({
    copy: undefinedFor('equal-distances'),
    fresh: belowTrivial,
    flipped: anyValue('distances to changed copies are stretched to [0, 1], whatever they are'),
    half: between(0.3, 1),
    marginals: belowTrivial,
    // Every member may become equally near, which leaves nothing to scale.
    shuffled: {
      kind: 'unless-undefined',
      codes: ['equal-distances'],
      said: anyValue('distances to changed copies are stretched to [0, 1], whatever they are'),
    },
    permuted: asCopy,
    collapse: belowTrivial,
    rareDropped: belowTrivial,
    oneHospital: belowTrivial,
    imputed: belowTrivial,
    oneLabel: asCopy,
    ...tooFew,
  }),
  'privacy.mia_median_accuracy': always({
    copy: between(0.95, 1),
    fresh: near(0.5, 0.08),
    flipped: between(0.7, 1),
    // A half of the members and a third of everybody else lie below the median.
    half: near(2 / 3, 0.08),
    marginals: near(0.5, 0.08),
    shuffled: between(0.7, 1),
    permuted: asCopy,
    collapse: near(0.5, 0.08),
    rareDropped: near(0.5, 0.08),
    oneHospital: near(0.5, 0.08),
    imputed: near(0.5, 0.08),
    oneLabel: asCopy,
    ...tooFew,
  }),
};
