import {
  always,
  anyValue,
  asCopy,
  bad,
  badWhereSeen,
  ceiling,
  freshToCopy,
  ideal,
  near,
  mildlyBad,
  notBetter,
  notWorse,
  tooFew,
  undefinedFor,
  unlessUndefined,
  zero,
  type Expectation,
  type FamilyExpectations,
  type Row,
} from '../expectation.js';
import { trainedOnSynthetic } from './patterns.js';

/** The real arm: whatever the generator does, with as many stays as it gives, the value is the same. */
const realArm: Row = {
  copy: asCopy,
  fresh: asCopy,
  flipped: asCopy,
  half: asCopy,
  marginals: asCopy,
  shuffled: asCopy,
  permuted: asCopy,
  collapse: asCopy,
  rareDropped: asCopy,
  // Both arms are as large as the smaller one, so this model has fewer real stays to learn from.
  oneHospital: { kind: 'as-copy', within: 0.1 },
  imputed: asCopy,
  empty: asCopy,
  onePatient: undefinedFor('one-stay-train'),
  oneLabel: asCopy,
};

/**
 * The ceiling but for the noise of training, which an interval over test patients does not hold: two models from two samples of patients
 * differ by more than the test set shows.
 */
const roughlyCeiling = (within: number): Expectation => ({ kind: 'ceiling', within });

export const utilityExpectations: FamilyExpectations = {
  'utility.trtr_auroc': always(realArm),
  'utility.tstr_auroc': always(trainedOnSynthetic()),
  'utility.tstr_gap': always(trainedOnSynthetic()),
  'utility.tstr_auprc': always(trainedOnSynthetic()),
  'utility.tstr_brier': always(
    trainedOnSynthetic({
      collapse: undefinedFor('no-predictor'),
      // Of a rare outcome a model without information has p(1 − p), next to what a weak one reaches.
      marginals: mildlyBad,
    }),
  ),
  'utility.tstr_calibration_slope': always(
    trainedOnSynthetic({
      fresh: roughlyCeiling(0.4),
      half: roughlyCeiling(0.4),
      rareDropped: roughlyCeiling(0.4),
      // Noise in predictors flattens and steepens slopes alike, but does not turn them.
      flipped: near(1, 1),
      shuffled: near(1, 1),
      imputed: near(1, 1),
      oneHospital: near(1, 1),
      // Predictions of noise have no relation to the outcome but by chance.
      permuted: near(0, 1.5),
      marginals: near(0, 1.5),
    }),
  ),
  'utility.tstr_calibration_intercept': always(
    trainedOnSynthetic({
      // A model of permuted labels predicts about the prevalence, which is calibrated in the large.
      permuted: roughlyCeiling(0.3),
      // A hospital with another prevalence shifts the intercept.
      oneHospital: roughlyCeiling(1),
      marginals: anyValue(
        'summaries of real stays lie far outside those of independent columns: predictions extrapolate',
      ),
      imputed: anyValue(
        'real stays have missing cells, which the training stays never have: predictions extrapolate',
      ),
    }),
  ),
  'utility.augmentation_gain': always({
    ...trainedOnSynthetic(),
    copy: zero,
    fresh: ceiling,
    half: ceiling,
    marginals: notBetter,
    permuted: notBetter,
    collapse: notBetter,
    oneLabel: notBetter,
    ...tooFew,
  }),
  'utility.trts_auroc': always({
    ...trainedOnSynthetic(),
    // The model has seen these very stays.
    copy: notWorse,
    flipped: freshToCopy,
    half: notWorse,
    shuffled: freshToCopy,
    // All stays are equal: every score is tied.
    collapse: near(0.5, 0),
    oneLabel: undefinedFor('single-class-test'),
  }),
  'utility.importance_agreement': always(
    // The ceiling is two real models, the copy is one model twice.
    trainedOnSynthetic({
      copy: ideal,
      // The other model learned from the same patients, so both share their chance.
      flipped: freshToCopy,
      shuffled: freshToCopy,
    }),
  ),
  'utility.subgroup_gap': unlessUndefined(
    always(
      trainedOnSynthetic({
        // A model that fails all groups fails them alike.
        marginals: near(0, 0.3),
        permuted: near(0, 0.3),
        flipped: ceiling,
        shuffled: ceiling,
        imputed: ceiling,
        oneHospital: ceiling,
      }),
    ),
    'no-sex',
    'no-age',
  ),
  'utility.los_auroc': unlessUndefined(
    always(trainedOnSynthetic({ permuted: ceiling, oneLabel: ceiling })),
    'short-grid',
    'coarse-grid',
  ),
  'utility.los_mae': unlessUndefined(
    always(
      trainedOnSynthetic({
        permuted: asCopy,
        oneLabel: asCopy,
        marginals: badWhereSeen,
        collapse: undefinedFor('no-predictor'),
      }),
    ),
    'short-grid',
    'coarse-grid',
    'too-few-stays',
    'absent-on-one-side',
    'one-length',
  ),
  'utility.next_step_auroc': always(
    trainedOnSynthetic({ permuted: asCopy, oneLabel: asCopy, collapse: bad, rareDropped: notBetter }),
  ),
  'utility.next_step_mae': always(trainedOnSynthetic({ permuted: asCopy, oneLabel: asCopy, collapse: bad })),
  'utility.leave_one_hospital_out_auroc': always(
    trainedOnSynthetic({
      fresh: roughlyCeiling(0.15),
      half: roughlyCeiling(0.15),
      rareDropped: roughlyCeiling(0.15),
      // Of two hospitals the worse one decides, without an interval.
      flipped: { kind: 'not-better', within: 0.15 },
      shuffled: { kind: 'not-better', within: 0.15 },
      imputed: { kind: 'not-better', within: 0.15 },
      collapse: undefinedFor('few-hospitals', 'no-predictor'),
      oneHospital: undefinedFor('few-hospitals'),
      oneLabel: undefinedFor('few-hospitals', 'single-class-train'),
    }),
  ),
};
