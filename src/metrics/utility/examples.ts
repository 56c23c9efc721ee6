import type { Cohort } from '../../cohort/types.js';
import { selectStays } from '../../cohort/select.js';
import type { FeatureTable } from '../../stats/featureTable.js';

/** One side of a prediction task: what a model sees and what it should say. Rows of all parts correspond. */
export interface Examples {
  /** Predictors; NaN = missing. */
  readonly table: FeatureTable;
  /** 0 or 1. */
  readonly outcome: Uint8Array;
  /** Whom a row belongs to: the unit of resampling. Never leaves the computation. */
  readonly patients: readonly string[];
  /** The stays behind the rows, for models that read whole courses; null when a row is not a stay. */
  readonly stays: Cohort | null;
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
    stays: stays === null ? null : selectStays(stays, rows),
  };
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
