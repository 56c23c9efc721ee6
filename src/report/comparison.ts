import type { ComparedMetric } from '../compare/compareGenerators.js';
import type { Judgement } from '../compare/judge.js';
import type { HypothesisResult } from '../compare/hypotheses.js';
import { generatorName } from '../compare/generator.js';
import type { DatasetSummary, SeedScore } from '../compare/seedSummary.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import { displayName } from './names.js';
import { formatValue } from './numbers.js';
import { directionSign, escapeMarkdown } from './summary.js';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const name = (text: string): string => escapeMarkdown(displayName(text));
const number = (value: number | null): string => (value === null ? '–' : formatValue(value));
const probability = (p: number | null): string => (p === null ? '–' : p.toFixed(4));
const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${formatValue(value)}`;

const gainText = ({ gain, interval }: Judgement): string =>
  interval === null ? signed(gain) : `${signed(gain)} (${signed(interval.low)} … ${signed(interval.high)})`;

/** What the pairs say about every metric; gains are positive where the candidate is better. */
export function comparisonMarkdown(
  rows: readonly ComparedMetric[],
  candidate: string,
  baseline: string,
): string {
  const few = rows.some(({ judgement }) => !judgement.reachable);
  return [
    `**${name(candidate)}** against **${name(baseline)}**, paired by seed; a gain above 0 means that ${name(candidate)} is better, in the metric’s unit`,
    '',
    line(['dataset', 'site', 'metric', 'pairs', 'gain (95 % interval)', 'p', 'p (Holm)', 'verdict']),
    line(['---', '---', '---', '---:', '---:', '---:', '---:', '---']),
    ...rows.map(({ dataset, site, descriptor, parameters, judgement, adjustedP }) =>
      line([
        name(dataset),
        name(site),
        escapeMarkdown(
          parameters === null ? descriptor.title : `${descriptor.title} ${JSON.stringify(parameters)}`,
        ),
        String(judgement.pairs),
        gainText(judgement),
        probability(judgement.p),
        probability(adjustedP),
        judgement.verdict,
      ]),
    ),
    '',
    'Gain: Hodges–Lehmann estimate with its exact interval; p: exact sign-flip test; verdict: before correction, at .05.',
    ...(few
      ? ['', 'With fewer than six pairs no exact test can reach .05: run more seeds (`--seeds 0-5`).']
      : []),
    '',
  ].join('\n');
}

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
