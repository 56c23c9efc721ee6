import { distinctNames } from '../names.js';
import { forDrawing } from '../numbers.js';
import { encodingOf, figureConfig } from '../palette.js';
import { seedNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

/** Training loss by round, one panel a stage. */
export const trainingLoss: FigureSource = {
  id: 'training-loss',
  title: 'Training loss by round',
  section: 'training',
  absent: 'no generator of this run reports training rounds',
  draw(model): Figure | null {
    const stages = distinctNames(
      model.results.training.flatMap((record) => record.ledger.rounds.map((round) => round.stage)),
    );
    const values = model.results.training.flatMap((record) => {
      const subject = model.subjects.find(
        (item) => item.trainer === record.trainer && item.variant === record.variant,
      );
      if (subject === undefined) return [];
      return record.ledger.rounds.flatMap((round) =>
        Number.isFinite(round.loss)
          ? [
              {
                stage: stages.get(round.stage)!,
                generator: subject.label,
                seed: record.seed,
                run: `${record.dataset} ${record.seed}`,
                round: round.round,
                loss: forDrawing(round.loss),
              },
            ]
          : [],
      );
    });
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    return {
      id: this.id,
      title: this.title,
      description:
        'Mean training loss over hospitals, weighted by stays, after each round, one panel for each training stage and one line for each generator and seed. Losses of different stages are on different scales and cannot be compared.',
      n: `${seedNumbers(model)}, one line each`,
      uncertainty: 'the lines of the seeds show the noise of training',
      layout: { kind: 'panels', minimum: 320, around: 84, most: 2, panels: stages.size, square: false },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        facet: {
          field: 'stage',
          type: 'nominal',
          title: null,
          sort: [...stages.values()],
          header: { labelAnchor: 'start' },
        },
        columns: 2,
        resolve: { scale: { x: 'independent', y: 'independent' } },
        spec: {
          width: 300,
          height: 220,
          mark: { type: 'line', strokeWidth: 2, point: { size: 18, filled: true, strokeWidth: 0 } },
          params: [{ name: 'shown', select: { type: 'point', fields: ['generator'] }, bind: 'legend' }],
          encoding: {
            x: {
              field: 'round',
              type: 'quantitative',
              axis: { title: 'round', tickMinStep: 1, format: 'd', grid: false },
              scale: { zero: false },
            },
            y: {
              field: 'loss',
              type: 'quantitative',
              axis: { title: 'training loss' },
              scale: { zero: false },
            },
            detail: { field: 'run' },
            color: {
              field: 'generator',
              type: 'nominal',
              scale: { domain: [...encoding.labels], range: [...encoding.colours] },
              legend: {
                orient: 'top',
                symbolType: 'stroke',
                direction: 'horizontal',
                columns: 4,
                title: null,
              },
            },
            strokeDash: {
              field: 'generator',
              type: 'nominal',
              scale: { domain: [...encoding.labels], range: encoding.dashes.map((dash) => [...dash]) },
            },
            opacity: { condition: { param: 'shown', value: 1 }, value: 0.1 },
            tooltip: [
              { field: 'generator', title: 'generator' },
              { field: 'seed', title: 'seed' },
              { field: 'stage', title: 'stage' },
              { field: 'round', title: 'round' },
              { field: 'loss', title: 'loss', type: 'quantitative', format: '.4~g' },
            ],
          },
        },
      },
    };
  },
};
