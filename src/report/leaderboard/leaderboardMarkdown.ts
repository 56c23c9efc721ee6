import { displayName, displayText } from '../names.js';
import { formatMegabytes, formatValue } from '../numbers.js';
import { cellText, directionSign, escapeMarkdown } from '../summary.js';
import type { Leaderboard, RankedCell, Ranking } from './ranking.js';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The leaderboard as Markdown for a pull request; names are escaped. */
export function leaderboardMarkdown({ rankings, incomparable }: Leaderboard): string {
  return [
    'Pooled over hospitals: value ± half-width of the 95 % interval (patients resampled), mean over seeds; in brackets the worst hospital.',
    ...rankings.map(tableOf),
    ...(incomparable.length === 0
      ? []
      : [
          [
            '**Not comparable** with the first table of the same dataset:',
            '',
            ...incomparable.map(
              ({ run, dataset, reasons }) =>
                `- ${escapeMarkdown(run)} on ${escapeMarkdown(displayName(dataset))}: ${reasons.join(', ')}`,
            ),
          ].join('\n'),
        ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function tableOf({ group, columns, rows, merged }: Ranking): string {
  return [
    `### ${escapeMarkdown(displayText(group.title, 80))}`,
    '',
    line([
      'generator',
      'run',
      'seeds',
      ...columns.map((column) => `${escapeMarkdown(column.title)} ${directionSign(column)}`),
      'MB',
    ]),
    line(['---', '---', '---:', ...columns.map(() => '---:'), '---:']),
    ...rows.map(({ label, run, kind, seeds, cells, megabytes }) =>
      line([
        escapeMarkdown(label),
        escapeMarkdown(run),
        kind === 'bound' ? '' : String(seeds),
        ...cells.map(rankedText),
        megabytes === null ? '–' : formatMegabytes(megabytes * 1e6),
      ]),
    ),
    ...(merged.outdated.length === 0
      ? []
      : [
          '',
          ...merged.outdated.map(
            ({ run, metric, version }) =>
              `- ${escapeMarkdown(run)}: ${escapeMarkdown(displayName(metric))} was scored with version ${version}, not the newest one`,
          ),
        ]),
  ].join('\n');
}

function rankedText({ pooled, worst }: RankedCell): string {
  const text = escapeMarkdown(cellText(pooled));
  return worst === null ? text : `${text} (${formatValue(worst.value)})`;
}
