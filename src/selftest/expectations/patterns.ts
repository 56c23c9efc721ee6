import type { MetricParameters } from '../../metrics/contract.js';
import {
  asCopy,
  between,
  ceiling,
  dependenceLost,
  exactlyCeiling,
  half,
  ideal,
  near,
  notBetter,
  notIdeal,
  notWorse,
  tooFew,
  undefinedFor,
  type Expectation,
  type MetricRows,
  type Row,
} from '../expectation.js';

/** What a fidelity metric says about the rungs whose faults it may see. `kept` = the metric must not notice the change. */
export interface FidelityFaults {
  /** Against the holdout; a train with flipped cells is at least not ideal against train, though it may be nearer than fresh patients. */
  readonly flipped: Expectation | 'kept';
  readonly flippedOfTrain?: Expectation;
  readonly marginals: Expectation | 'kept';
  readonly shuffled: Expectation | 'kept';
  /** Against train, shuffled hours keep what happens within an hour, so they may be nearer than fresh patients: at least not ideal. */
  readonly shuffledOfTrain?: Expectation;
  readonly collapse: Expectation | 'kept';
  readonly rareDropped: Expectation;
  readonly imputed: Expectation;
  /** At the ceiling or worse unless the metric says more. */
  readonly oneHospital?: Expectation;
  /** Labels are no part of what most metrics compare. */
  readonly permuted?: Expectation | 'kept';
  readonly oneLabel?: Expectation | 'kept';
  /** A copy against train: the ideal, unless the metric is unbiased or a classifier. */
  readonly copyOfTrain?: Expectation;
}

/**
 * A metric that is scored against the holdout and against train: a copy is exactly at the ceiling of the first and ideal against the
 * second; a half copy is better than fresh patients against train, which is the memorisation flag.
 */
export function fidelity(faults: FidelityFaults, when: MetricParameters = {}): MetricRows {
  const row = (against: 'holdout' | 'train'): Row => {
    const kept = against === 'holdout' ? exactlyCeiling : (faults.copyOfTrain ?? ideal);
    const said = (expectation: Expectation | 'kept'): Expectation =>
      expectation === 'kept' ? kept : expectation;
    return {
      copy: kept,
      fresh: ceiling,
      flipped:
        against === 'holdout' || faults.flipped === 'kept'
          ? said(faults.flipped)
          : (faults.flippedOfTrain ?? notIdeal),
      half: against === 'holdout' ? ceiling : notWorse,
      marginals: said(faults.marginals),
      shuffled:
        against === 'holdout' || faults.shuffled === 'kept'
          ? said(faults.shuffled)
          : (faults.shuffledOfTrain ?? notIdeal),
      permuted: said(faults.permuted ?? 'kept'),
      collapse: said(faults.collapse),
      rareDropped: faults.rareDropped,
      oneHospital: faults.oneHospital ?? notBetter,
      imputed: faults.imputed,
      oneLabel: said(faults.oneLabel ?? 'kept'),
      ...tooFew,
    };
  };
  return [
    { when: { ...when, against: 'holdout' }, row: row('holdout') },
    { when: { ...when, against: 'train' }, row: row('train') },
  ];
}

/**
 * A metric of usefulness of a model trained on synthetic stays. Flipped cells and shuffled hours spoil some predictors: how much
 * depends on the data, but no model can be better for it.
 */
export function trainedOnSynthetic(differences: Partial<Row> = {}): Row {
  return {
    copy: exactlyCeiling,
    fresh: ceiling,
    flipped: notBetter,
    half: ceiling,
    marginals: dependenceLost,
    shuffled: notBetter,
    permuted: dependenceLost,
    collapse: undefinedFor('no-predictor'),
    rareDropped: ceiling,
    oneHospital: notBetter,
    imputed: notBetter,
    oneLabel: undefinedFor('single-class-train'),
    ...tooFew,
    ...differences,
  };
}

/** A membership attack whose value is an AUROC: 1 for copies, 0.5 for whoever has not seen the members. */
export function membershipAuroc(differences: Partial<Row> = {}): Row {
  return {
    copy: between(0.95, 1),
    fresh: half,
    flipped: between(0.7, 1),
    half: near(0.75, 0.05),
    marginals: half,
    // Summaries of a stay keep its mean, spread and missing rates: shuffled hours do not hide a member.
    shuffled: between(0.75, 1),
    permuted: asCopy,
    collapse: half,
    rareDropped: half,
    oneHospital: half,
    imputed: half,
    oneLabel: asCopy,
    ...tooFew,
    ...differences,
  };
}
