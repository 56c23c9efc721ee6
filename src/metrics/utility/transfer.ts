import type { Cohort } from '../../cohort/types.js';
import { InputError } from '../../cohort/inputError.js';
import { selectStays } from '../../cohort/select.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { patientSummary } from '../patientSummary.js';
import { classifierNamed } from './classifiers.js';
import { fitDesign } from './design.js';

/** Scores of the holdout stays with a known label by a model that never saw them. */
export interface Transfer {
  readonly scores: Float64Array;
  readonly outcome: Uint8Array;
  readonly trainingStays: number;
  readonly trainingPositives: number;
}

/** Why a transfer has no value, `code: words`. */
export interface NoTransfer {
  readonly reason: string;
}

const cache = new CohortCache<Promise<Transfer | NoTransfer>>();

/**
 * Trains on one cohort and scores the holdout, both with known labels only; scaling is fitted on the training side,
 * the test side keeps its prevalence. Computed once per pair of cohorts, label and model.
 */
export function transfer(
  training: Cohort,
  test: Cohort,
  label: string | null,
  model: unknown,
): Promise<Transfer | NoTransfer> {
  return cache.get(training, `${cacheName(test)} ${String(label)} ${String(model)}`, async () => {
    if (label === null) return { reason: 'no-label: the cohort has no label to predict' };
    const source = labelled(training, label);
    const target = labelled(test, label);
    if (isOneClass(target.outcome))
      return { reason: 'single-class-test: the holdout has stays of one class only' };
    if (isOneClass(source.outcome))
      return { reason: 'single-class-train: the training side has stays of one class only' };
    const summary = patientSummary(source.cohort);
    const design = fitDesign(summary);
    if (design.columns === 0)
      return { reason: 'no-predictor: no summary column varies on the training side' };
    const scores = await classifierNamed(model)(
      design.transform(summary),
      source.outcome,
      design.transform(patientSummary(target.cohort)),
      design.columns,
    );
    return {
      scores,
      outcome: target.outcome,
      trainingStays: source.cohort.size,
      trainingPositives: source.outcome.reduce((sum, value) => sum + value, 0),
    };
  });
}

/** Scores of the positive and of the negative test stays. */
export function byOutcome({ scores, outcome }: Transfer): {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
} {
  return {
    positives: scores.filter((_, i) => outcome[i] === 1),
    negatives: scores.filter((_, i) => outcome[i] === 0),
  };
}

function labelled(cohort: Cohort, label: string): { readonly cohort: Cohort; readonly outcome: Uint8Array } {
  const labels = cohort.schema.labels;
  const column = labels.findIndex((variable) => variable.name === label);
  if (column < 0)
    throw new InputError({
      expected: `one of the labels ${labels.map((variable) => variable.name).join(', ')}`,
      found: label,
      remedy: 'Name a label of the cohort.',
    });
  if (labels[column]!.kind !== 'binary')
    throw new InputError({
      expected: 'a binary label',
      found: `${label} of kind ${labels[column]!.kind}`,
      remedy: 'Utility is an AUROC; name a label with values 0 and 1.',
    });
  const at = (row: number): number => row * labels.length + column;
  const rows = Array.from({ length: cohort.size }, (_, row) => row).filter(
    (row) => cohort.labelsObserved[at(row)] === 1,
  );
  return {
    cohort: rows.length === cohort.size ? cohort : selectStays(cohort, rows),
    outcome: Uint8Array.from(rows, (row) => cohort.labels[at(row)]!),
  };
}

function isOneClass(outcome: Uint8Array): boolean {
  return !(outcome.includes(0) && outcome.includes(1));
}
