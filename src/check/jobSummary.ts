import { generatorName } from '../compare/generator.js';
import { displayName, displayText } from '../report/names.js';
import { formatValue } from '../report/numbers.js';
import { directionSign, escapeMarkdown } from '../report/summary.js';
import type { CheckedRow } from './checkedRow.js';
import { countVerdicts, failing, metricTitle } from './sentence.js';

const number = (value: number | null): string => (value === null ? '–' : formatValue(value));
const name = (text: string): string => escapeMarkdown(displayName(text));

function lineOf(row: CheckedRow): string {
  const { descriptor, change, threshold } = row;
  const cells = [
    `**${row.verdict}**`,
    `${escapeMarkdown(metricTitle(row))}${descriptor === null ? '' : ` ${directionSign(descriptor)}`}`,
    name(generatorName(row)),
    name(row.site),
    name(row.dataset),
    number(row.before),
    number(row.after),
    change === null
      ? '–'
      : change === 0
        ? 'none'
        : `${change > 0 ? 'worse' : 'better'} by ${number(Math.abs(change))}`,
    threshold === null ? '–' : number(threshold),
    escapeMarkdown(row.rule),
    row.reason === null ? '' : escapeMarkdown(displayText(row.reason, 160)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(rows: readonly CheckedRow[]): string[] {
  const heading = 'verdict|metric|generator|site|dataset|baseline|now|change|allowed|rule|why'.split('|');
  return [`| ${heading.join(' | ')} |`, `|${heading.map(() => ' --- |').join('')}`, ...rows.map(lineOf), ''];
}

/** A check as Markdown for GitHub's job summary: what failed, what is worth seeing, then all rows folded away. */
export function jobSummary(rows: readonly CheckedRow[], title: string): string {
  const failed = failing(rows);
  const counts = [...countVerdicts(rows)].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const notable = rows.filter(({ verdict }) => ['improved', 'cleared', 'new'].includes(verdict));
  return [
    `## ${failed.length === 0 ? '✅ passed' : '❌ failed'}: ${name(title)}`,
    '',
    `${rows.length} scores: ${counts}.`,
    '',
    ...(failed.length === 0 ? [] : table(failed)),
    ...(notable.length === 0 ? [] : ['Passed, but worth seeing:', '', ...table(notable)]),
    '<details><summary>All scores</summary>',
    '',
    ...table(rows),
    '</details>',
    '',
  ].join('\n');
}
