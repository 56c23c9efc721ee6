import { generatorName } from '../compare/generator.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';

/** What a check reads of a run. */
export type CheckedRun = Pick<RunResults, 'manifest' | 'rows' | 'failures'>;

/**
 * `regression`: worse by more than its rule allows · `missing`: a value is gone · `failed`: the metric or its job failed ·
 * `incomparable`: another version of the metric · `inconclusive`: its rule says nothing · `cleared`: a regression that fresh seeds
 * did not show again · `new`: not in the baseline.
 */
export type RowVerdict =
  | 'pass'
  | 'improved'
  | 'cleared'
  | 'new'
  | 'regression'
  | 'missing'
  | 'failed'
  | 'incomparable'
  | 'inconclusive';

/** Verdicts that fail a check. */
export const FAILING: ReadonlySet<RowVerdict> = new Set([
  'regression',
  'missing',
  'failed',
  'incomparable',
  'inconclusive',
]);

/** One row of a check. */
export interface CheckedRow {
  readonly dataset: string;
  readonly trainer: string;
  readonly variant: string;
  readonly site: string;
  /** null for a metric that this version does not know. */
  readonly descriptor: MetricDescriptor | null;
  readonly metric: string;
  /** Mean over seeds of the baseline's and of the run's values; null without a value. */
  readonly before: number | null;
  readonly after: number | null;
  /** Standard deviation over seeds of the run; null with fewer than two values. */
  readonly spread: number | null;
  readonly seeds: number;
  /** Rise of the mean cost: positive is worse, in the metric's unit. */
  readonly change: number | null;
  readonly threshold: number | null;
  readonly rule: string;
  readonly verdict: RowVerdict;
  /** Why, where numbers do not say it. */
  readonly reason: string | null;
  /** Seconds that the metric took, over seeds. */
  readonly seconds: number;
}

/** `fedavg at B on physionet2019`. */
export const placeOf = (row: Pick<CheckedRow, 'dataset' | 'trainer' | 'variant' | 'site'>): string =>
  `${generatorName(row)} at ${row.site} on ${row.dataset}`;
