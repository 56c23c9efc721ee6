import type { MetricDescriptor } from '../metrics/contract.js';
import type { Baseline } from './baseline.js';
import { checkRun } from './checkRun.js';
import { placeOf, type CheckedRow, type CheckedRun } from './checkedRow.js';

/** What has to run again before a regression is believed. */
export interface ConfirmPlan {
  /** Neither in the run nor in the baseline. */
  readonly seeds: readonly number[];
  /** Each as `trainer/variant`. */
  readonly generators: readonly string[];
  readonly datasets: readonly string[];
}

/**
 * The generators of all regressions (not the other variants of their trainers) with fresh seeds; null without a regression.
 * A metric that failed or is missing is no matter of noise and does not run again.
 *
 * @param count number of fresh seeds
 */
export function confirmPlan(
  rows: readonly CheckedRow[],
  run: CheckedRun,
  baseline: Baseline,
  count: number,
): ConfirmPlan | null {
  const regressions = rows.filter(({ verdict }) => verdict === 'regression');
  if (regressions.length === 0) return null;
  const first = 1 + Math.max(...run.manifest.seeds, ...baseline.seeds);
  return {
    seeds: Array.from({ length: count }, (_, i) => first + i),
    generators: [...new Set(regressions.map(({ trainer, variant }) => `${trainer}/${variant}`))],
    datasets: [...new Set(regressions.map(({ dataset }) => dataset))],
  };
}

const identityOf = (row: CheckedRow): string =>
  JSON.stringify([placeOf(row), row.metric, row.descriptor?.id ?? null]);

/**
 * Regressions judged again by the fresh seeds alone: those that pass are `cleared`, the others stay and say what the fresh seeds
 * showed.
 */
export function confirmed(
  rows: readonly CheckedRow[],
  fresh: CheckedRun,
  baseline: Baseline,
  descriptors: readonly MetricDescriptor[],
): CheckedRow[] {
  const again = new Map(checkRun(fresh, baseline, descriptors).map((row) => [identityOf(row), row]));
  const seeds = fresh.manifest.seeds.join(', ');
  return rows.map((row): CheckedRow => {
    if (row.verdict !== 'regression') return row;
    const second = again.get(identityOf(row));
    if (second?.verdict === 'pass' || second?.verdict === 'improved')
      return {
        ...row,
        verdict: 'cleared',
        reason: `fresh seeds ${seeds}: mean ${String(second.after)}, change ${String(second.change)} within ${String(second.threshold)}`,
      };
    return {
      ...row,
      reason:
        second?.verdict === 'regression'
          ? `confirmed by fresh seeds ${seeds}: mean ${String(second.after)}, change ${String(second.change)}`
          : `fresh seeds ${seeds}: ${second?.verdict ?? 'no row'}${second?.reason == null ? '' : `, ${second.reason}`}`,
    };
  });
}
