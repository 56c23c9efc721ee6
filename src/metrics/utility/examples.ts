import type { Cohort } from '../../cohort/types.js';
import { withoutEvents } from '../../cohort/events/withoutEvents.js';
import { joinCohorts } from '../../cohort/joinCohorts.js';
import { selectStays } from '../../cohort/select.js';
import { stackTables, type FeatureTable } from '../../stats/featureTable.js';

/** One side of a prediction task: what a model sees and what it should say. Rows of all parts correspond. */
export interface Examples {
  /** Predictors; NaN = missing. */
  readonly table: FeatureTable;
  /** 0 or 1. */
  readonly outcome: Uint8Array;
  /** Whom a row belongs to: the unit of resampling. Never leaves the computation. */
  readonly patients: readonly string[];
  /**
   * Gives the stays behind the rows, for models that read whole courses; null when a row is not a stay. A function, since
   * most models read the table alone and a copy of the stays is as large as the cohort.
   */
  readonly stays: (() => Cohort) | null;
}

/** What a model says about the rows of a side. */
export interface Prediction {
  /** Higher = more likely positive; as finely as the model can tell rows apart. */
  readonly scores: Float64Array;
  /** Probability of outcome 1. */
  readonly probabilities: Float64Array;
}

/** A trained model; it may score any number of sides. */
export interface Fitted {
  predict(side: Examples): Promise<Prediction>;
}

/** Why a task or a transfer has no value, `code: words`. */
export interface NoTransfer {
  readonly reason: string;
}

/** The given rows, in that order. */
export function takeExamples(examples: Examples, rows: readonly number[]): Examples {
  const { table, stays } = examples;
  const width = table.columns.length;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, to) => values.set(table.values.subarray(row * width, (row + 1) * width), to * width));
  return {
    table: { rows: rows.length, columns: table.columns, values },
    outcome: Uint8Array.from(rows, (row) => examples.outcome[row]!),
    patients: rows.map((row) => examples.patients[row]!),
    stays: stays === null ? null : once(() => selectStays(stays(), rows)),
  };
}

/** The rows of both, those of `first` first. Models see the grid: a generator of grids makes no events to be joined to real ones. */
export function joinExamples(first: Examples, second: Examples): Examples {
  const [ofFirst, ofSecond] = [first.stays, second.stays];
  const outcome = new Uint8Array(first.outcome.length + second.outcome.length);
  outcome.set(first.outcome);
  outcome.set(second.outcome, first.outcome.length);
  return {
    table: stackTables(first.table, second.table),
    outcome,
    patients: [...first.patients, ...second.patients],
    stays:
      ofFirst === null || ofSecond === null
        ? null
        : once(() => joinCohorts([withoutEvents(ofFirst()), withoutEvents(ofSecond())])),
  };
}

/** Makes something when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Rows with outcome 0, then rows with outcome 1, each in order. */
export function rowsByClass(outcome: Uint8Array): readonly [readonly number[], readonly number[]] {
  const rows: [number[], number[]] = [[], []];
  outcome.forEach((label, row) => rows[label === 1 ? 1 : 0].push(row));
  return rows;
}

export function isOneClass(outcome: Uint8Array): boolean {
  return !(outcome.includes(0) && outcome.includes(1));
}
