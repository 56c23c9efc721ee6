import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { reportModel, type ReportModel } from './model.js';
import { displayName } from './names.js';
import { formatValue, mean } from './numbers.js';
import type { Score } from './scores.js';
import { textTable } from './textTable.js';

/** One cell of the summary: a value with the half-width of its interval, or why there is none. */
export interface SummaryCell {
  readonly value: number | null;
  /** Half-width of the 95 % interval; null where none is defined. */
  readonly half: number | null;
  /** `undefined`, `failed`, … when there is no value; empty for bounds that make no sense. */
  readonly gap: string;
  readonly score: Score | null;
}

export interface SummaryRow {
  readonly label: string;
  readonly kind: 'generator' | 'reference' | 'bound';
  readonly cells: readonly SummaryCell[];
}

/** Headline metrics of one dataset, pooled over hospitals. */
export interface Summary {
  readonly dataset: string;
  readonly columns: readonly MetricDescriptor[];
  readonly rows: readonly SummaryRow[];
}

/** One summary per dataset: generators, references, then what fresh real patients and independent columns reach. */
export function summariesOf(model: ReportModel): readonly Summary[] {
  return model.places
    .filter((place) => place.site === 'pooled')
    .map((place): Summary => {
      const columns = model.headlines.filter(
        ({ family, id }) =>
          // Most cohorts have no events: scores of events are named where somebody asked for them.
          family !== 'events' ||
          model.subjects.some((subject) => model.headline(place, subject, id) !== undefined),
      );
      const rows = model.subjects.map((subject): SummaryRow => ({
        label: subject.label,
        kind: subject.kind,
        cells: columns.map((column) => cellOf(model.headline(place, subject, column.id))),
      }));
      const bound = (label: string, end: 'ceiling' | 'floor'): SummaryRow => ({
        label,
        kind: 'bound',
        cells: columns.map((column): SummaryCell => {
          const known = model.subjects.flatMap(
            (subject) => model.headline(place, subject, column.id)?.[end] ?? [],
          );
          return { value: mean(known), half: null, gap: '', score: null };
        }),
      });
      return {
        dataset: place.dataset,
        columns,
        rows: [
          ...rows.filter((row) => row.cells.some((cell) => cell.score !== null)),
          bound('ceiling (fresh real patients)', 'ceiling'),
          bound('floor (independent columns)', 'floor'),
        ],
      };
    });
}

function cellOf(score: Score | undefined): SummaryCell {
  if (score === undefined) return { value: null, half: null, gap: 'not scored', score: null };
  const half = score.low === null || score.high === null ? null : (score.high - score.low) / 2;
  return { value: score.value, half, gap: score.value === null ? score.state : '', score };
}

/** `0.115 ± 0.010`, `undefined`, or `–`. */
export function cellText(cell: SummaryCell): string {
  if (cell.value === null) return cell.gap === '' ? '–' : cell.gap;
  return cell.half === null
    ? formatValue(cell.value)
    : `${formatValue(cell.value)} ± ${formatValue(cell.half)}`;
}

/** Arrow of the good direction: `↓`, `↑`, or `→0.5` for a target. */
export function directionSign(descriptor: MetricDescriptor): string {
  if (descriptor.direction === 'target') return `→${descriptor.ideal ?? ''}`;
  return descriptor.direction === 'lower' ? '↓' : '↑';
}

/**
 * The summary for a terminal: rows are trainers, references, ceiling and floor; columns are the headline metrics as
 * `value ± half-width of the 95 % interval` (patients resampled), both averaged over seeds. Pooled over hospitals.
 */
export function summaryTable(results: RunResults, descriptors: readonly MetricDescriptor[]): string {
  const summaries = summariesOf(reportModel(results, descriptors));
  return summaries
    .map((summary) => {
      const heading = [
        '',
        ...summary.columns.map((column) => `${displayName(column.title)} ${directionSign(column)}`),
      ];
      const body = summary.rows.map((row) => [row.label, ...row.cells.map(cellText)]);
      const bounds = summary.rows.findIndex((row) => row.kind === 'bound');
      return [
        ...(summaries.length > 1 ? [displayName(summary.dataset)] : []),
        textTable(heading, [body.slice(0, bounds), body.slice(bounds)]),
      ].join('\n');
    })
    .join('\n\n');
}

/** The same summary as Markdown tables; names are escaped. */
export function summaryMarkdown(results: RunResults, descriptors: readonly MetricDescriptor[]): string {
  const summaries = summariesOf(reportModel(results, descriptors));
  return summaries
    .map((summary) => {
      const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
      return [
        `**${escapeMarkdown(displayName(summary.dataset))}**, pooled over hospitals; value ± half-width of the 95 % interval (patients resampled), mean over seeds`,
        '',
        line([
          'generator',
          ...summary.columns.map(
            (column) => `${escapeMarkdown(displayName(column.title))} ${directionSign(column)}`,
          ),
        ]),
        line(['---', ...summary.columns.map(() => '---:')]),
        ...summary.rows.map((row) =>
          line([escapeMarkdown(row.label), ...row.cells.map((cell) => escapeMarkdown(cellText(cell)))]),
        ),
      ].join('\n');
    })
    .join('\n\n')
    .concat('\n');
}

/** Text that Markdown shows as it is, on one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!|~$^]/gu, '\\$&')
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;');
}
