import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { aurocInfluence, patientAuroc } from '../../stats/clusteredAuroc.js';
import { stackTables, type FeatureTable } from '../../stats/featureTable.js';
import { trainForest, type ForestOptions } from '../../stats/histogramForest.js';
import { AGAINST_HOLDOUT_AND_TRAIN, comparisonCohort } from '../comparison.js';
import type { MetricDescriptor } from '../contract.js';
import { defineMetric, okResult, undefinedResult } from '../defineMetric.js';
import { wholeParameter } from '../parameters.js';
import { PATIENT_SUMMARY_VERSION, patientSummary } from '../patientSummary.js';
import { seedDetail } from '../seedDetail.js';
import { recordKeys } from '../recordKeys.js';

const FOLDS = 5;
/** Raised when the folds of equal cohorts or the interval could change. */
const FOLDS_VERSION = 4;
/** Deals of the folds in preset full whose spread is told. */
const FOLD_SEEDS = 5;
const FOREST: ForestOptions = { trees: 30, minLeaf: 5, maxDepth: 10 };

const TOO_FEW = `A cohort has fewer than ${FOLDS} stays.`;

/** The classifier in words, for the definitions of metrics that use it. */
export const DISCRIMINATOR = `random forest (${FOREST.trees} trees, at most ${FOREST.maxDepth} levels, at least ${FOREST.minLeaf} stays a leaf, √columns tries a split, 64 quantile bins) on the fixed patient summary, ${FOLDS} folds grouped by patient: all stays of a patient, and records that both cohorts hold, in the same fold`;

const descriptor: MetricDescriptor = {
  id: 'joint.discriminator_auroc',
  version: PATIENT_SUMMARY_VERSION + FOLDS_VERSION - 1,
  family: 'joint',
  title: 'Discriminator AUROC',
  explanation:
    'How well a classifier tells synthetic patients from real ones: 0.5 means it cannot, 1 means it always can. It measures fidelity, not privacy.',
  definition: `AUROC of out-of-fold scores, synthetic against real at equal numbers, of a ${DISCRIMINATOR}. Interval: DeLong on the out-of-fold scores; with several stays a patient the clustered standard error instead (Obuchowski 1997). Neither knows that forests were trained, and folds dealt, by chance: seeds = deals of the folds, each with forests of its own; the value is then the mean of their AUROCs and detail.seedSd their standard deviation, which is no part of the interval. The ceiling is the same for real train against real holdout stays.`,
  misuse:
    'Fidelity, not privacy: a copy of the training patients scores 0.5 too. Near 0.5 with few patients may only mean that the classifier had too little to learn from; compare values at the same number of patients and with the same classifier only.',
  source:
    'Classifier two-sample test (Lopez-Paz & Oquab 2017) by AUROC instead of accuracy; forest on the patient summary and folds by patient: this project.',
  direction: 'target',
  ideal: 0.5,
  range: [0, 1],
  needs: ['train', 'holdout', 'synthetic'],
  undefinedWhen: TOO_FEW,
  variants: {
    fast: AGAINST_HOLDOUT_AND_TRAIN,
    full: [...AGAINST_HOLDOUT_AND_TRAIN, { against: 'holdout', seeds: FOLD_SEEDS }],
  },
  headline: true,
  bounds: 'reference-cohorts',
};

export const discriminatorAuroc = defineMetric(descriptor, 'equal', (inputs, parameters, random) => {
  const real = comparisonCohort(inputs, parameters);
  const { synthetic } = inputs;
  const n = synthetic.size + real.size;
  const seeds = wholeParameter(parameters, 'seeds', 1, 1);
  const scorings: Float64Array[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const scores = discriminate(synthetic, real, random);
    if (!(scores instanceof Float64Array)) return undefinedResult(scores.reason, n);
    scorings.push(scores);
  }
  const outcome = new Uint8Array(n).fill(1, 0, synthetic.size);
  const estimate = patientAuroc(scorings, outcome, patientsOfBoth(synthetic, real));
  const bySeed = scorings.map((scores) => aurocInfluence([scores], outcome).value);
  return okResult(estimate.value, estimate, n, seedDetail(bySeed));
});

/** Patients of the stacked stays, synthetic first; equal ids on the two sides are different patients. */
export function patientsOfBoth(synthetic: Cohort, real: Cohort): string[] {
  return [synthetic, real].flatMap((cohort, side) => cohort.patients.map((patient) => `${side} ${patient}`));
}

/** Out-of-fold scores, higher = more likely synthetic, synthetic stays first; or why there are none. */
export function discriminate(
  synthetic: Cohort,
  real: Cohort,
  random: Random,
): Float64Array | { readonly reason: string } {
  if (Math.min(synthetic.size, real.size) < FOLDS) return { reason: `fewer-than-folds: ${TOO_FEW}` };
  const table = stackTables(patientSummary(synthetic), patientSummary(real));
  const outcome = new Uint8Array(table.rows).fill(1, 0, synthetic.size);
  const keys = joinedByPatient(
    sharedRecords(recordKeys(synthetic), recordKeys(real)),
    patientsOfBoth(synthetic, real),
  );
  const fold = groupedFolds(keys, outcome, FOLDS, random);
  const scores = outOfFoldScores(table, outcome, fold, FOLDS, FOREST, random);
  return scores ?? { reason: 'one-class-fold: a fold leaves one class for training' };
}

/** Keys that are equal whenever rows share a key or a patient, directly or through other rows. */
export function joinedByPatient(keys: readonly string[], patients: readonly string[]): string[] {
  const above = Uint32Array.from({ length: keys.length }, (_, row) => row);
  const rootOf = (row: number): number => {
    while (above[row] !== row) row = above[row]!;
    return row;
  };
  for (const names of [keys, patients]) {
    const first = new Map<string, number>();
    names.forEach((name, row) => {
      const known = first.get(name);
      if (known === undefined) first.set(name, row);
      else {
        const [a, b] = [rootOf(known), rootOf(row)];
        above[Math.max(a, b)] = Math.min(a, b);
      }
    });
  }
  return keys.map((_, row) => keys[rootOf(row)]!);
}

/**
 * A key for every record of both cohorts, synthetic ones first: equal for equal records that both hold, so that a copy is not recognised
 * by its original in the training folds. Records that one cohort repeats have keys of their own: that a generator gives the same
 * patient again and again is for the classifier to see.
 */
function sharedRecords(synthetic: readonly string[], real: readonly string[]): string[] {
  const [inSynthetic, inReal] = [new Set(synthetic), new Set(real)];
  return [
    ...synthetic.map((key, row) => (inReal.has(key) ? key : `synthetic ${row}`)),
    ...real.map((key, row) => (inSynthetic.has(key) ? key : `real ${row}`)),
  ];
}

/**
 * Fold of every row; rows with equal keys share one. Folds get equally many groups of each class (the class of a
 * group's first row), since pooled out-of-fold scores of unbalanced folds drag the AUROC below 0.5.
 */
export function groupedFolds(
  keys: readonly string[],
  outcome: Uint8Array,
  folds: number,
  random: Random,
): Uint8Array {
  const groupOf = new Map<string, number>();
  const classOf: number[] = [];
  keys.forEach((key, row) => {
    if (groupOf.has(key)) return;
    groupOf.set(key, groupOf.size);
    classOf.push(outcome[row]!);
  });
  const dealt = [0, 0];
  const foldOf = new Uint8Array(groupOf.size);
  for (const group of random.permutation(groupOf.size)) {
    const label = classOf[group]!;
    foldOf[group] = dealt[label]!++ % folds;
  }
  return Uint8Array.from(keys, (key) => foldOf[groupOf.get(key)!]!);
}

/** Score of every row by a forest trained on the other folds; null when a training side lacks a class. */
function outOfFoldScores(
  table: FeatureTable,
  outcome: Uint8Array,
  fold: Uint8Array,
  folds: number,
  options: ForestOptions,
  random: Random,
): Float64Array | null {
  const scores = new Float64Array(table.rows);
  const all = Array.from({ length: table.rows }, (_, i) => i);
  for (let k = 0; k < folds; k++) {
    const training = all.filter((row) => fold[row] !== k);
    const testing = all.filter((row) => fold[row] === k);
    const ones = training.reduce((sum, row) => sum + outcome[row]!, 0);
    if (ones === 0 || ones === training.length) return null;
    const predicted = trainForest(table, outcome, training, options, random).score(table, testing);
    testing.forEach((row, i) => (scores[row] = predicted[i]!));
  }
  return scores;
}
