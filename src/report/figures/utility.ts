import { forDrawing } from '../numbers.js';
import { parametersKey, type Score } from '../scores.js';
import type { ReportModel } from '../model.js';
import { colour, encodingOf, figureConfig } from '../palette.js';
import { choiceOf } from './choice.js';
import { realNumbers, seedNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

const everywhere = 'all sites';

/** Models trained on synthetic patients (TSTR) against models trained on real patients (TRTR), both tested on real holdout patients. */
export const utility: FigureSource = {
  id: 'utility',
  title: 'Trained on synthetic against trained on real',
  section: 'utility',
  absent: 'the run has no TSTR and TRTR scores with values',
  draw(model): Figure | null {
    const values = model.scores.flatMap((score) => {
      if (score.descriptor.id !== 'utility.tstr_auroc' || !score.headline || score.value === null) return [];
      const real = realTrained(model, score);
      if (real?.value == null) return [];
      return [
        {
          place: score.place.label,
          generator: score.subject.label,
          tstr: forDrawing(score.value),
          tstrLow: nullable(score.low),
          tstrHigh: nullable(score.high),
          trtr: forDrawing(real.value),
          trtrLow: nullable(real.low),
          trtrHigh: nullable(real.high),
        },
      ];
    });
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    const places = model.places.map((place) => place.label);
    const all = values.flatMap((row) => [
      row.tstr,
      row.trtr,
      row.tstrLow ?? row.tstr,
      row.tstrHigh ?? row.tstr,
      row.trtrLow ?? row.trtr,
      row.trtrHigh ?? row.trtr,
    ]);
    const domain = [Math.max(0, Math.min(0.5, ...all) - 0.02), Math.min(1, Math.max(...all) + 0.02)];
    const scale = { domain, nice: false };
    const paint = {
      field: 'generator',
      type: 'nominal' as const,
      scale: { domain: [...encoding.labels], range: [...encoding.colours] },
    };
    const opacity = { condition: { param: 'shown', value: 1 }, value: 0.08 };
    const tooltip = [
      { field: 'generator', title: 'generator' },
      { field: 'place', title: 'site' },
      { field: 'tstr', title: 'trained on synthetic', type: 'quantitative' as const, format: '.3f' },
      { field: 'tstrLow', title: '95 % CI from', type: 'quantitative' as const, format: '.3f' },
      { field: 'tstrHigh', title: '95 % CI to', type: 'quantitative' as const, format: '.3f' },
      { field: 'trtr', title: 'trained on real', type: 'quantitative' as const, format: '.3f' },
      { field: 'trtrLow', title: '95 % CI from ', type: 'quantitative' as const, format: '.3f' },
      { field: 'trtrHigh', title: '95 % CI to ', type: 'quantitative' as const, format: '.3f' },
    ];
    return {
      id: this.id,
      title: this.title,
      description:
        'Area under the ROC curve on real holdout patients of a model trained on synthetic patients (up) against the same model trained on real patients (across), with 95 % confidence intervals, for each generator (colour) and site (shape). ' +
        'On the dashed line the synthetic cohort is as useful as the real one; 0.5 is guessing.',
      n: `${realNumbers(model, 'holdout')} as test set; means over ${seedNumbers(model)}`,
      uncertainty: 'lines are 95 % intervals over test patients, both ways',
      layout: { kind: 'single', widest: 620 },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        params: [choiceOf('place', 'site', [everywhere, ...places])],
        width: 560,
        height: 420,
        layer: [
          {
            data: { values: domain.map((auroc) => ({ auroc })) },
            mark: { type: 'line', strokeDash: [5, 4], strokeWidth: 1.2, color: colour('muted') },
            encoding: {
              x: {
                field: 'auroc',
                type: 'quantitative',
                scale,
                axis: { title: 'AUROC, trained on real (TRTR)', format: '.2f', tickCount: 6 },
              },
              y: {
                field: 'auroc',
                type: 'quantitative',
                scale,
                axis: { title: 'AUROC, trained on synthetic (TSTR)', format: '.2f', tickCount: 6 },
              },
            },
          },
          {
            transform: [{ filter: chosen }, { filter: 'isValid(datum.trtrLow) && isValid(datum.trtrHigh)' }],
            mark: { type: 'rule', strokeWidth: 1, strokeOpacity: 0.5 },
            encoding: {
              x: { field: 'trtrLow', type: 'quantitative' },
              x2: { field: 'trtrHigh' },
              y: { field: 'tstr', type: 'quantitative' },
              color: paint,
              opacity,
            },
          },
          {
            transform: [{ filter: chosen }, { filter: 'isValid(datum.tstrLow) && isValid(datum.tstrHigh)' }],
            mark: { type: 'rule', strokeWidth: 1.5, strokeOpacity: 0.8 },
            encoding: {
              y: { field: 'tstrLow', type: 'quantitative' },
              y2: { field: 'tstrHigh' },
              x: { field: 'trtr', type: 'quantitative' },
              color: paint,
              opacity,
            },
          },
          {
            transform: [{ filter: chosen }],
            mark: { type: 'point', filled: true, size: 90 },
            params: [{ name: 'shown', select: { type: 'point', fields: ['generator'] }, bind: 'legend' }],
            encoding: {
              x: { field: 'trtr', type: 'quantitative' },
              y: { field: 'tstr', type: 'quantitative' },
              color: {
                ...paint,
                legend: { orient: 'top', direction: 'horizontal', columns: 4, title: null },
              },
              shape: {
                field: 'place',
                type: 'nominal',
                scale: { domain: places },
                legend:
                  places.length > 12
                    ? null
                    : {
                        orient: 'bottom',
                        direction: 'horizontal',
                        columns: 4,
                        title: null,
                        symbolFillColor: colour('muted'),
                        symbolStrokeWidth: 0,
                      },
              },
              opacity,
              tooltip,
            },
          },
        ],
      },
    };
  },
};

const chosen = `place === '${everywhere}' || datum.place === place`;

const nullable = (value: number | null): number | null => (value === null ? null : forDrawing(value));

function realTrained(model: ReportModel, score: Score): Score | undefined {
  const candidates = model.scores.filter(
    (other) =>
      other.descriptor.id === 'utility.trtr_auroc' &&
      other.place === score.place &&
      other.subject === score.subject,
  );
  const key = parametersKey(score.parameters);
  return (
    candidates.find((other) => parametersKey(other.parameters) === key) ??
    candidates.find((other) => other.headline)
  );
}
