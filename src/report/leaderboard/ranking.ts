import type { MetricDescriptor } from '../../metrics/contract.js';
import { hospitalRange } from '../hospitalRange.js';
import { reportModel, type ReportModel } from '../model.js';
import { displayName } from '../names.js';
import { mean } from '../numbers.js';
import type { Score } from '../scores.js';
import { summariesOf, type SummaryCell } from '../summary.js';
import { groupRuns, type ComparableGroup, type Incomparable, type NamedRun } from './comparable.js';
import { mergeRuns, type MergedRun } from './mergedRun.js';
import { bytesBothWays } from '../../trainers/traffic.js';

/** One headline metric of one generator: pooled over hospitals, and at its worst hospital. */
export interface RankedCell {
  readonly pooled: SummaryCell;
  /** Null with fewer than two hospitals that have a value. */
  readonly worst: (Score & { readonly value: number }) | null;
}

export interface RankedRow {
  readonly label: string;
  /** Empty for bounds. */
  readonly run: string;
  readonly kind: 'generator' | 'reference' | 'bound';
  readonly seeds: number;
  readonly cells: readonly RankedCell[];
  /** Means over seeds, both ways; null without training records. */
  readonly megabytes: number | null;
  readonly trainingSeconds: number | null;
}

/** Comparable runs side by side. */
export interface Ranking {
  readonly group: ComparableGroup;
  readonly merged: MergedRun;
  readonly model: ReportModel;
  readonly columns: readonly MetricDescriptor[];
  readonly rows: readonly RankedRow[];
}

export interface Leaderboard {
  readonly runs: readonly NamedRun[];
  readonly rankings: readonly Ranking[];
  readonly incomparable: readonly Incomparable[];
}

export function leaderboardOf(
  runs: readonly NamedRun[],
  descriptors: readonly MetricDescriptor[],
): Leaderboard {
  const { groups, incomparable } = groupRuns(runs);
  return { runs, incomparable, rankings: groups.map((group) => rankingOf(group, descriptors)) };
}

function rankingOf(group: ComparableGroup, descriptors: readonly MetricDescriptor[]): Ranking {
  const merged = mergeRuns(group);
  const model = reportModel(merged.results, descriptors);
  const [summary] = summariesOf(model);
  const scored = (summary?.columns ?? []).map((_, column) =>
    summary!.rows.some(({ kind, cells }) => kind !== 'bound' && cells[column]!.score !== null),
  );
  const columns = (summary?.columns ?? []).filter((_, column) => scored[column]);
  const rows = (summary?.rows ?? []).map((row): RankedRow => {
    const subject = model.subjects.find(({ label }) => row.kind !== 'bound' && label === row.label);
    const origin = subject === undefined ? undefined : merged.origin.get(subject.trainer);
    const training = model.results.training.filter(
      ({ trainer, variant }) => trainer === subject?.trainer && variant === subject.variant,
    );
    const cells = row.cells.filter((_, column) => scored[column]);
    return {
      label: origin === undefined ? row.label : printedName(origin.trainer, subject!.variant),
      run: origin?.run ?? (row.kind === 'reference' ? 'reference' : ''),
      kind: row.kind,
      seeds: Math.max(0, ...cells.map(({ score }) => score?.seeds ?? 0)),
      cells: cells.map((pooled, column) => ({
        pooled,
        worst:
          subject === undefined
            ? null
            : (hospitalRange(model, group.dataset, subject, columns[column]!)?.worst ?? null),
      })),
      megabytes: mean(
        training
          .map(({ ledger }) => bytesBothWays(ledger))
          .filter((bytes) => bytes !== null)
          .map((bytes) => bytes / 1e6),
      ),
      trainingSeconds: mean(training.map(({ seconds }) => seconds)),
    };
  });
  return { group, merged, model, columns, rows };
}

const printedName = (trainer: string, variant: string): string =>
  variant === 'default' ? displayName(trainer) : `${displayName(trainer)} · ${displayName(variant)}`;
