import type { HypothesisResult } from '../compare/hypotheses.js';
import { generatorName } from '../compare/generator.js';
import type { DatasetSummary, SeedScore } from '../compare/seedSummary.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import { gainText, number, probability } from './gainText.js';
import { displayName } from './names.js';
import { formatValue } from './numbers.js';
import { directionSign, escapeMarkdown } from './summary.js';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const name = (text: string): string => escapeMarkdown(displayName(text));

function scoreText({ mean, deviation, worstHospital }: SeedScore): string {
  if (mean === null) return 'undefined';
  const spread = deviation === null ? '' : ` ± ${formatValue(deviation)}`;
  return `${formatValue(mean)}${spread}${worstHospital === null ? '' : ` (${formatValue(worstHospital)})`}`;
}

/** Every generator over its seeds, a table a dataset: mean ± standard deviation over seeds (mean of the worst hospital). */
export function seedSummaryMarkdown(
  summaries: readonly DatasetSummary[],
  metrics: readonly MetricDescriptor[],
): string {
  return summaries
    .map(({ dataset, generators, ceilings, floors }) =>
      [
        `### ${name(dataset)}`,
        '',
        line([
          'generator',
          'seeds',
          ...metrics.map((metric) => `${escapeMarkdown(metric.title)} ${directionSign(metric)}`),
          'MB',
          'synchronisations',
          'seconds',
        ]),
        line(['---', '---:', ...metrics.map(() => '---:'), '---:', '---:', '---:']),
        ...generators.map(({ generator, scores, megabytes, synchronisations, trainingSeconds }) =>
          line([
            name(generatorName(generator)),
            String(Math.max(0, ...scores.map(({ seeds }) => seeds))),
            ...scores.map(scoreText),
            number(megabytes),
            synchronisations === null ? '–' : synchronisations.toFixed(0),
            number(trainingSeconds),
          ]),
        ),
        ...(
          [
            ['ceiling (fresh real patients)', ceilings],
            ['floor (independent columns)', floors],
          ] as const
        ).map(([title, values]) => line([title, '', ...values.map(number), '', '', ''])),
        '',
      ].join('\n'),
    )
    .join('\n');
}

/** H1–H4 with what each outcome rests on. */
export function hypothesesMarkdown(results: readonly HypothesisResult[]): string {
  const evidenceText = ({ what, judgement, fact }: HypothesisResult['evidence'][number]): string => {
    if (judgement === null) return `${escapeMarkdown(what)}: ${fact ?? '–'}`;
    const { pairs, p, equivalenceP, margin } = judgement;
    const equivalence =
      margin === null ? '' : `, equivalence within ±${formatValue(margin)} p ${probability(equivalenceP)}`;
    return `${escapeMarkdown(what)}: gain ${gainText(judgement)}, ${pairs} pairs, p ${probability(p)}${equivalence}`;
  };
  return [
    line(['dataset', 'hypothesis', 'outcome', 'evidence']),
    line(['---', '---', '---', '---']),
    ...results.map(({ dataset, id, claim, outcome, evidence }) =>
      line([
        name(dataset),
        `${id}: ${escapeMarkdown(claim)}`,
        `**${outcome}**`,
        evidence.map(evidenceText).join('<br>'),
      ]),
    ),
    '',
  ].join('\n');
}
