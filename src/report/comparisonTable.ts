import type { ComparedMetric } from '../compare/compareGenerators.js';
import type { Duel } from '../compare/groups.js';
import { SIGNIFICANCE } from '../compare/judge.js';
import type { Ranking } from '../compare/rankStability.js';
import { generatorName } from '../compare/generator.js';
import { fewestPairs } from '../stats/detectableShift.js';
import { gainText, intervalText, number, probability, signed } from './gainText.js';
import { displayName } from './names.js';
import { formatShare, formatValue } from './numbers.js';
import { escapeMarkdown } from './summary.js';
import { textTable } from './textTable.js';

/** Two generators, or one in two runs, with what their pairs say. */
export interface Comparison extends Duel {
  /** As they are printed. */
  readonly names: readonly [candidate: string, baseline: string];
  readonly rows: readonly ComparedMetric[];
}

export type TableFormat = 'table' | 'md';

const HEADING = [
  'dataset',
  'site',
  'metric',
  'role',
  'pairs',
  'gain (95 % over seeds)',
  'in SD of seeds',
  '95 % over patients',
  'p',
  'p (Holm)',
  'p (equivalence)',
  'verdict',
  'detectable',
];

function cellsOf(row: ComparedMetric): string[] {
  const { dataset, site, descriptor, parameters, role, judgement, adjustedP } = row;
  const { verdict, detectable, pairs, p, margin } = judgement;
  const equivalence = row.adjustedEquivalenceP ?? judgement.equivalenceP;
  return [
    displayName(dataset),
    displayName(site),
    parameters === null ? descriptor.title : `${descriptor.title} ${JSON.stringify(parameters)}`,
    role,
    String(pairs),
    gainText(judgement),
    signed(row.effect),
    intervalText(row.patients),
    probability(p),
    probability(adjustedP),
    margin === null ? '–' : `${probability(equivalence)} (±${formatValue(margin)})`,
    role === 'primary' ? row.verdict : `${verdict}*`,
    row.verdict === 'inconclusive' || row.verdict === 'equivalent' ? number(detectable) : '',
  ];
}

function printed(
  format: TableFormat,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (format === 'table') return textTable(heading, [rows]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(heading),
    line(heading.map((_, i) => (i < 3 ? '---' : '---:'))),
    ...rows.map((cells) => line(cells.map(escapeMarkdown))),
  ].join('\n');
}

/** What the number of seeds cannot show, in sentences; empty when it shows everything. */
export function reachOf(rows: readonly ComparedMetric[]): string[] {
  const tested = rows.filter(({ judgement }) => judgement.pairs > 0);
  const counts = [...new Set(tested.map(({ judgement }) => judgement.pairs))].sort((a, b) => a - b);
  const short = counts
    .filter((pairs) => 2 / 2 ** pairs >= SIGNIFICANCE)
    .map(
      (pairs) =>
        `With ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} significance is out of reach: the smallest p of an exact test is 2/2^${pairs} = ${2 / 2 ** pairs}. Run at least ${fewestPairs(SIGNIFICANCE)} seeds (--seeds 0-5).`,
    );
  const primary = tested.filter(({ role }) => role === 'primary');
  const families = [...new Set(primary.map(({ dataset }) => dataset))].map((dataset) =>
    primary.filter((row) => row.dataset === dataset),
  );
  const corrected = families.flatMap((family) => {
    const pairs = Math.max(...family.map(({ judgement }) => judgement.pairs));
    if (2 / 2 ** pairs >= SIGNIFICANCE || (family.length * 2) / 2 ** pairs < SIGNIFICANCE) return [];
    return [
      `Corrected over ${family.length} primary metrics, a single difference is out of reach with ${pairs} pairs (${family.length} · 2/2^${pairs} = ${(family.length * 2) / 2 ** pairs}); ${fewestPairs(SIGNIFICANCE / family.length)} seeds reach it.`,
    ];
  });
  return [...new Set([...short, ...corrected])];
}

/** What the pairs say about every metric; gains are positive where the candidate is better. */
export function comparisonText({ names, rows }: Comparison, format: TableFormat): string {
  const [candidate, baseline] = names;
  const bold = (text: string): string =>
    format === 'md' ? `**${escapeMarkdown(displayName(text))}**` : displayName(text);
  return [
    `${bold(candidate)} against ${bold(baseline)}, paired by seed; a gain above 0 means that ${bold(candidate)} is better, in the metric’s unit`,
    '',
    printed(format, HEADING, rows.map(cellsOf)),
    '',
    ...reachOf(rows),
  ].join('\n');
}

/** How to read comparisons, once below all of them. */
export const comparisonLegend =
  'Gain: Hodges–Lehmann estimate with its exact interval; p: exact sign-flip test; equivalence: two one-sided tests within the declared margin. ' +
  'Verdicts of primary metrics are corrected over them (Holm, within one comparison); those marked * are exploratory, at .05 without correction. ' +
  'Over patients: sampling noise alone, rather too wide. Detectable: the smallest difference that so many seeds find with 80 % power.';

/** Ranks by one metric with their stability over seeds. */
export function rankingText(ranking: Ranking, title: string, format: TableFormat): string {
  const { dataset, seeds, generators, withoutValue } = ranking;
  const heading = ['generator', 'rank', '95 % of ranks', 'first in', 'mean'];
  const rows = generators.map(({ generator, rank, rankLow, rankHigh, first, value }) => [
    displayName(generatorName(generator)),
    String(rank),
    rankLow === null || rankHigh === null ? '–' : `${rankLow} … ${rankHigh}`,
    first === null ? '–' : formatShare(first),
    formatValue(value),
  ]);
  return [
    `Ranks by ${title} on ${displayName(dataset)}, ${seeds} common ${seeds === 1 ? 'seed' : 'seeds'}${seeds < 3 ? ': too few to say how stable they are' : ', resampled 1,000 times'}`,
    '',
    printed(format, heading, rows),
    ...(withoutValue.length === 0 ? [] : [`Without a value: ${withoutValue.map(displayName).join(', ')}`]),
    '',
  ].join('\n');
}
