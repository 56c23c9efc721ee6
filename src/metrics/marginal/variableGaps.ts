import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { MetricDescriptor, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';

/** How far one variable is apart between two cohorts; null = undefined. */
export interface VariableGap {
  readonly name: string;
  readonly value: number | null;
  /** In every bootstrap resample. */
  readonly resampled: readonly (number | null)[];
  /** Exactly one cohort has a value of it. */
  readonly absentOnOneSide: boolean;
}

/** A variable with values in exactly one cohort, of a gap whose worst value is 1. */
export function worstGap(name: string, resamples: number): VariableGap {
  return { name, value: 1, resampled: new Array<number>(resamples).fill(1), absentOnOneSide: true };
}

/** Names and values of the variables for `detail`, under the kind of variables that they are. */
export function gapDetail(
  kind: 'features' | 'statics' | 'labels',
  gaps: readonly VariableGap[],
): Readonly<Record<string, unknown>> {
  return {
    [kind]: gaps.map((gap) => gap.name),
    values: gaps.map((gap) => gap.value),
    absentOnOneSide: gaps.filter((gap) => gap.absentOnOneSide).map((gap) => gap.name),
  };
}

/**
 * The mean over the variables that have a value, with an interval of ± 1.96 bootstrap standard errors. Undefined when no
 * variable has a value.
 */
export function meanOfGaps(
  descriptor: Pick<MetricDescriptor, 'range'>,
  gaps: readonly VariableGap[],
  resamples: number,
  n: number,
  whenUndefined: string,
  detail?: Readonly<Record<string, unknown>>,
): Result {
  const value = meanOfDefined(gaps.map((gap) => gap.value));
  if (value === null) return undefinedResult(whenUndefined, n);
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_, b) => meanOfDefined(gaps.map((gap) => gap.resampled[b] ?? null))),
  );
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    detail,
  );
}
