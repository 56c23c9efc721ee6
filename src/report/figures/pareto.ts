import { onParetoFront } from '../../compare/pareto.js';
import { primaryMetricsOf } from '../../compare/primary.js';
import { costOf } from '../../metrics/cost.js';
import type { TrainingRecord } from '../../run/contract.js';
import type { ReportModel } from '../model.js';
import { forDrawing, mean } from '../numbers.js';
import { colour, encodingOf, figureConfig } from '../palette.js';
import type { Score } from '../scores.js';
import { directionSign } from '../summary.js';
import { choiceOf } from './choice.js';
import { bytesBothWays } from '../../trainers/traffic.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';
import { seedNumbers } from './numbersBehind.js';

const megabytesOf = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1e6);

const EXPENSES: readonly { readonly title: string; of(record: TrainingRecord): number | null }[] = [
  { title: 'MB', of: ({ ledger }) => megabytesOf(bytesBothWays(ledger)) },
  { title: 'seconds', of: ({ seconds }) => seconds },
];

interface Point {
  readonly score: Score;
  readonly value: number;
  readonly expense: number;
}

/** The pooled headline scores of one metric that have a training behind them, with what it took, mean over seeds. */
function pointsOf(
  model: ReportModel,
  metric: string,
  expense: (typeof EXPENSES)[number],
  dataset: string,
): Point[] {
  return model.scores.flatMap((score): Point[] => {
    const { place, subject, descriptor, headline, value } = score;
    if (descriptor.id !== metric || !headline || value === null) return [];
    if (place.site !== 'pooled' || place.dataset !== dataset) return [];
    const amounts = model.results.training
      .filter(
        (record) =>
          record.dataset === dataset &&
          record.trainer === subject.trainer &&
          record.variant === subject.variant &&
          record.ledger.rounds.length > 0,
      )
      .map((record) => expense.of(record))
      .filter((spent) => spent !== null);
    const amount = mean(amounts);
    return amount === null ? [] : [{ score, value, expense: amount }];
  });
}

/** Quality against communication and time: one panel for each primary metric and expense, the Pareto front filled and joined. */
export const pareto: FigureSource = {
  id: 'pareto',
  title: 'Quality against communication and training time',
  section: 'training',
  absent: 'no primary metric has a value for a generator with a training ledger',
  draw(model): Figure | null {
    const primary = primaryMetricsOf(model.results.manifest).map(({ metric }) => metric);
    const places = model.places.filter(({ site }) => site === 'pooled');
    const values = places.flatMap((place) =>
      primary.flatMap((metric) =>
        EXPENSES.flatMap((expense, e) => {
          const points = pointsOf(model, metric, expense, place.dataset);
          const front = onParetoFront(
            points.map((one) => ({ cost: costOf(one.score.descriptor, one.value), expense: one.expense })),
          );
          return points.map(({ score, value, expense: amount }, i) => ({
            place: place.label,
            panel: `${score.descriptor.title} ${directionSign(score.descriptor)} by ${expense.title}`,
            order: 2 * primary.indexOf(metric) + e,
            generator: score.subject.label,
            amount: forDrawing(amount),
            value: forDrawing(value),
            low: score.seedDeviation === null ? null : forDrawing(value - score.seedDeviation),
            high: score.seedDeviation === null ? null : forDrawing(value + score.seedDeviation),
            front: front[i]! ? 'on the Pareto front' : 'beaten in both',
          }));
        }),
      ),
    );
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map(({ generator }) => generator),
    );
    const x = {
      field: 'amount',
      type: 'quantitative' as const,
      scale: { zero: true },
      axis: { title: 'MB or seconds, as the panel says', tickCount: 5 },
    };
    const y = {
      field: 'value',
      type: 'quantitative' as const,
      scale: { zero: false, nice: true },
      axis: { title: 'value', tickCount: 5 },
    };
    const color = {
      field: 'generator',
      type: 'nominal' as const,
      title: null,
      scale: { domain: [...encoding.labels], range: [...encoding.colours] },
      legend: { orient: 'bottom' as const },
    };
    const tooltip = [
      { field: 'generator', title: 'generator' },
      { field: 'value', title: 'value', type: 'quantitative' as const, format: '.3~g' },
      { field: 'amount', title: 'expense', type: 'quantitative' as const, format: '.4~g' },
      { field: 'front', title: 'front' },
    ];
    return {
      id: this.id,
      title: this.title,
      description:
        'One panel for each primary metric and expense: megabytes that crossed the line between hospitals and server, and seconds of training. Centralized training moves no messages because its patients were moved before, which no ledger counts; external programs are in the panels of seconds only. A point is a generator, mean over seeds with one standard deviation; filled points, joined by a grey line, lie on the Pareto front: nothing is both better and cheaper.',
      n: `${seedNumbers(model)} behind each point`,
      uncertainty:
        'bars are one standard deviation over seeds; the front is that of the means, and the noise of patients is not drawn',
      layout: {
        kind: 'panels',
        minimum: 320,
        around: 84,
        most: 2,
        panels: new Set(values.map(({ panel }) => panel)).size,
        square: false,
      },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        params: [
          choiceOf(
            'place',
            places.length === 1 ? 'site' : 'dataset',
            places.map(({ label }) => label),
          ),
        ],
        transform: [{ filter: 'datum.place === place' }],
        facet: {
          field: 'panel',
          type: 'nominal',
          sort: { field: 'order' },
          title: null,
          header: { labelAnchor: 'start' },
        },
        columns: 2,
        resolve: {
          scale: { x: 'independent', y: 'independent' },
          axis: { x: 'independent', y: 'independent' },
        },
        spec: {
          width: 300,
          height: 200,
          layer: [
            {
              transform: [{ filter: "datum.front === 'on the Pareto front'" }],
              mark: { type: 'line', color: colour('line'), strokeWidth: 1.5 },
              encoding: { x, y, order: { field: 'amount', type: 'quantitative' } },
            },
            {
              transform: [{ filter: 'isValid(datum.low)' }],
              mark: { type: 'rule', strokeWidth: 1.5 },
              encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
            },
            ...[true, false].map((front) => ({
              transform: [{ filter: `datum.front ${front ? '===' : '!=='} 'on the Pareto front'` }],
              mark: { type: 'point' as const, filled: front, size: 80, strokeWidth: 2, opacity: 1 },
              encoding: { x, y, color, tooltip },
            })),
          ],
        },
      },
    };
  },
};
