import type { TrainingRecord } from '../../run/contract.js';
import { distinctNames } from '../names.js';
import { forDrawing } from '../numbers.js';
import { colour, figureConfig } from '../palette.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

const legendHospitals = 10;
const hospitalColours = (
  ['trainer1', 'trainer2', 'trainer3', 'trainer4', 'trainer5', 'trainer6'] as const
).map(colour);

/** More lines than these cannot be told apart. */
const mostHospitals = 24;

/** Ids of the hospitals with the largest mean weights. */
function heaviest(records: readonly TrainingRecord[], hospitals: ReadonlySet<string>): readonly string[] {
  if (hospitals.size <= mostHospitals) return [...hospitals];
  const sums = new Map([...hospitals].map((id) => [id, 0]));
  for (const { ledger } of records)
    for (const { weights } of ledger.rounds)
      for (const [id, weight] of Object.entries(weights ?? {})) sums.set(id, sums.get(id)! + weight);
  return [...hospitals].sort((a, b) => sums.get(b)! - sums.get(a)!).slice(0, mostHospitals);
}

/** Effective aggregation weight of each hospital by round: who shapes the shared model. */
export const aggregationWeights: FigureSource = {
  id: 'aggregation-weights',
  title: 'Aggregation weights by round',
  section: 'training',
  absent: 'no generator of this run aggregates over hospitals',
  draw(model): Figure | null {
    const firstSeeds = new Map<string, number>();
    for (const record of model.results.training) {
      const key = JSON.stringify([record.dataset, record.trainer, record.variant]);
      firstSeeds.set(key, Math.min(firstSeeds.get(key) ?? record.seed, record.seed));
    }
    const drawn = model.results.training.filter(
      (record) =>
        firstSeeds.get(JSON.stringify([record.dataset, record.trainer, record.variant])) === record.seed,
    );
    const weighted = new Set(
      drawn.flatMap((record) => record.ledger.rounds.flatMap((round) => Object.keys(round.weights ?? {}))),
    );
    const shown = heaviest(drawn, weighted);
    const hospitals = distinctNames(shown);
    const values = drawn.flatMap((record) => {
      const subject = model.subjects.find(
        (item) => item.trainer === record.trainer && item.variant === record.variant,
      );
      if (subject === undefined) return [];
      return record.ledger.rounds.flatMap((round) =>
        Object.entries(round.weights ?? {}).flatMap(([id, weight]) => {
          const hospital = hospitals.get(id);
          if (hospital === undefined) return [];
          return [
            {
              panel: `${subject.label} · ${round.stage.slice(0, 40)}`,
              dataset: record.dataset,
              hospital,
              round: round.round,
              weight: forDrawing(weight, 4),
              seed: record.seed,
            },
          ];
        }),
      );
    });
    if (values.length === 0) return null;
    const panels = distinctNames(values.map((row) => row.panel));
    const names = [...hospitals.values()];
    const legend =
      names.length > legendHospitals
        ? null
        : {
            orient: 'top' as const,
            symbolType: 'stroke',
            direction: 'horizontal' as const,
            columns: 4,
            title: 'hospital',
          };
    return {
      id: this.id,
      title: this.title,
      description:
        'Effective weight of each hospital in the shared model after each round, one panel for each federated generator and stage, lowest seed. Weights of a round sum to one; a flat line is a fixed rule, a moving one reacts to the hospitals’ distributions.' +
        (weighted.size > shown.length
          ? ` Of ${weighted.size} hospitals the ${shown.length} with the largest weights are drawn.`
          : ''),
      n: `${Math.max(...values.map((row) => row.round))} rounds at most, lowest seed`,
      uncertainty: 'none: weights are known exactly',
      layout: { kind: 'panels', minimum: 320, around: 84, most: 2, panels: panels.size, square: false },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values: values.map((row) => ({ ...row, panel: panels.get(row.panel)! })) },
        facet: {
          field: 'panel',
          type: 'nominal',
          title: null,
          sort: [...panels.values()],
          header: { labelAnchor: 'start' },
        },
        columns: 2,
        resolve: { scale: { x: 'independent' }, axis: { y: 'independent', x: 'independent' } },
        spec: {
          width: 300,
          height: 150,
          mark: { type: 'line', strokeWidth: 2, point: { size: 18, filled: true, strokeWidth: 0 } },
          encoding: {
            x: {
              field: 'round',
              type: 'quantitative',
              axis: { title: 'round', tickMinStep: 1, format: 'd', grid: false },
              scale: { zero: false },
            },
            y: {
              field: 'weight',
              type: 'quantitative',
              axis: { title: 'share of the average', format: '.0%', tickCount: 4 },
              scale: { zero: true },
            },
            detail: { field: 'dataset' },
            color: {
              field: 'hospital',
              type: 'nominal',
              scale: { domain: names, range: hospitalColours },
              legend,
            },
            strokeDash: { field: 'hospital', type: 'nominal', scale: { domain: names }, legend },
            tooltip: [
              { field: 'panel', title: 'generator' },
              { field: 'hospital', title: 'hospital' },
              { field: 'round', title: 'round' },
              { field: 'weight', title: 'weight', type: 'quantitative', format: '.1%' },
              { field: 'seed', title: 'seed' },
            ],
          },
        },
      },
    };
  },
};
