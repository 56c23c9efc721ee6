import {
  always,
  any,
  asCopy,
  bad,
  ceiling,
  ideal,
  mildlyBad,
  notBetter,
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
  oneHospital: any('the arm shrinks with the synthetic cohort'),
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
      flipped: any('noise in predictors flattens and steepens slopes alike'),
      shuffled: any('as flipped cells'),
      imputed: any('as flipped cells'),
      oneHospital: any('as flipped cells'),
      permuted: any(
        'a model of noise has predictions without any relation to the outcome: its slope has no sign',
      ),
      marginals: any('as permuted labels'),
    }),
  ),
  'utility.tstr_calibration_intercept': always(
    trainedOnSynthetic({
      marginals: any('a model that predicts the prevalence and no more is calibrated in the large'),
      permuted: any('as independent marginals'),
      oneHospital: any('a hospital with another prevalence shifts the intercept either way'),
      imputed: any('predictors with filled gaps shift the intercept either way'),
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
    copy: any('tests a model on its own training stays'),
    flipped: any('tests a model on its own training stays'),
    half: any('tests a model on its own training stays'),
    shuffled: any('tests a model on its own training stays'),
    collapse: any('all stays are equal: every score is tied'),
    oneLabel: undefinedFor('single-class-test'),
  }),
  'utility.importance_agreement': always(
    // The ceiling is two real models, the copy is one model twice.
    trainedOnSynthetic({
      copy: ideal,
      flipped: any(
        'the other model learned from the same patients, so both share their chance: more than fresh ones do',
      ),
      shuffled: any('as flipped cells'),
      imputed: any('as flipped cells'),
    }),
  ),
  'utility.subgroup_gap': unlessUndefined(
    always(
      trainedOnSynthetic({
        marginals: any('the gap of two subgroups may be small for a model that fails both'),
        permuted: any('as independent marginals'),
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
        marginals: notBetter,
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
