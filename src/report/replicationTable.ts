import type { ReplicationRow } from '../compare/published.js';
import { displayName, displayText } from './names.js';
import { formatValue } from './numbers.js';
import { escapeMarkdown } from './summary.js';
import { textTable } from './textTable.js';

const HEADING = [
  'work',
  'quantity',
  'published',
  'table, page',
  'ours (95 %)',
  'seeds',
  'on',
  'within tolerance?',
  'note',
];

function cellsOf({ work, value, dataset, ours, interval, seeds, within, absent }: ReplicationRow): string[] {
  const { published, spread, table, page, tolerance, note } = value;
  return [
    displayName(work),
    displayText(value.quantity, 60),
    published === null ? 'unknown' : `${published}${spread === null ? '' : ` ± ${spread}`}`,
    [table ?? '?', page ?? '?'].join(', '),
    ours === null
      ? `– (${displayText(absent ?? '', 60)})`
      : `${formatValue(ours)}${interval === null ? '' : ` (${formatValue(interval.low)} … ${formatValue(interval.high)})`}`,
    seeds === 0 ? '–' : String(seeds),
    dataset === null ? '–' : displayName(dataset),
    within === null ? '–' : `${within ? 'yes' : 'no'} (±${tolerance!})`,
    displayText(note, 200),
  ];
}

/** Published values beside ours, with the source of every work below. */
export function replicationText(rows: readonly ReplicationRow[], format: 'table' | 'md'): string {
  const cells = rows.map(cellsOf);
  const line = (one: readonly string[]): string => `| ${one.join(' | ')} |`;
  const sources = [...new Map(rows.map(({ work, source }) => [work, source]))].map(
    ([work, source]) => `- ${displayName(work)}: ${displayText(source)}`,
  );
  const table =
    format === 'table'
      ? textTable(HEADING, [cells])
      : [
          line(HEADING),
          line(HEADING.map(() => '---')),
          ...cells.map((one) => line(one.map(escapeMarkdown))),
        ].join('\n');
  return [
    table,
    '',
    'Ours: mean over seeds with the 95 % interval of the mean; with one seed the interval of its patients. Sources:',
    '',
    ...sources,
    '',
  ].join('\n');
}
