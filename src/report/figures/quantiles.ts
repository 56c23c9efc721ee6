import type { ReportModel } from '../model.js';
import { forDrawing } from '../numbers.js';
import { displayName } from '../names.js';
import { colour, encodingOf, figureConfig } from '../palette.js';
import { choiceOf } from './choice.js';
import { realNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

interface QuantileRow {
  readonly place: string;
  readonly feature: string;
  readonly generator: string;
  readonly level: number;
  readonly real: number;
  readonly synthetic: number;
}

/** Quantiles of observed values, synthetic against the real holdout; on the diagonal the distributions agree. */
export const quantiles: FigureSource = {
  id: 'quantiles',
  title: 'Quantiles of observed values, synthetic against real holdout',
  section: 'marginal',
  absent: 'the run has no quantiles of real and synthetic cohorts',
  draw(model): Figure | null {
    const { values, features } = rowsOf(model);
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    const panel = (size: number) => ({
      width: size,
      height: size,
      layer: [
        {
          mark: { type: 'line' as const, color: colour('muted'), strokeDash: [4, 3], strokeWidth: 1 },
          encoding: {
            x: {
              field: 'real',
              type: 'quantitative' as const,
              scale: { zero: false, nice: false },
              axis: { title: 'real holdout', tickCount: 4, format: '.4~g' },
            },
            y: {
              field: 'real',
              type: 'quantitative' as const,
              scale: { zero: false, nice: false },
              axis: { title: 'synthetic', tickCount: 4, format: '.4~g' },
            },
          },
        },
        {
          mark: { type: 'line' as const, strokeWidth: 2, point: { size: 26, filled: true, strokeWidth: 0 } },
          params: [
            {
              name: 'shown',
              select: { type: 'point' as const, fields: ['generator'] },
              bind: 'legend' as const,
            },
          ],
          encoding: {
            x: { field: 'real', type: 'quantitative' as const },
            y: { field: 'synthetic', type: 'quantitative' as const },
            order: { field: 'level', type: 'quantitative' as const },
            color: {
              field: 'generator',
              type: 'nominal' as const,
              title: 'generator',
              scale: { domain: [...encoding.labels], range: [...encoding.colours] },
              legend: {
                orient: 'top' as const,
                symbolType: 'stroke',
                direction: 'horizontal' as const,
                columns: 4,
                title: null,
              },
            },
            opacity: { condition: { param: 'shown', value: 1 }, value: 0.1 },
            tooltip: [
              { field: 'generator', title: 'generator' },
              { field: 'feature', title: 'feature' },
              { field: 'level', title: 'quantile', type: 'quantitative' as const, format: '.0%' },
              { field: 'real', title: 'real holdout', type: 'quantitative' as const, format: '.4~g' },
              { field: 'synthetic', title: 'synthetic', type: 'quantitative' as const, format: '.4~g' },
            ],
          },
        },
      ],
    });
    return {
      id: this.id,
      title: this.title,
      description:
        `For each of ${features.length} features, quantiles of a generator's observed values against the same quantiles of the real holdout, in the feature's unit. ` +
        'On the dashed diagonal both distributions agree; above it synthetic values are too high. Every point is a quantile with at least 11 patients beyond it.',
      n: realNumbers(model, 'holdout'),
      uncertainty: 'not drawn; every point is a mean over neighbouring values of at least 11 patients',
      layout: { kind: 'single', widest: 620 },
      page: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        params: [
          choiceOf('feature', 'feature', features),
          choiceOf(
            'place',
            'site',
            model.profilePlaces.map((place) => place.label),
          ),
        ],
        transform: [{ filter: 'datum.feature === feature && datum.place === place' }],
        ...panel(420),
        width: 560,
      },
      spec: {
        $schema: schemaUrl,
        config: { ...figureConfig, axis: { ...figureConfig.axis, title: null, labelFontSize: 9 } },
        data: { values },
        params: [{ name: 'place', value: model.profilePlaces[0]?.label ?? '' }],
        transform: [{ filter: 'datum.place === place' }],
        facet: {
          field: 'feature',
          type: 'nominal',
          sort: [...features],
          title: null,
          header: { labelFontSize: 10, labelLimit: 120 },
        },
        columns: 5,
        resolve: { scale: { x: 'independent', y: 'independent' } },
        spec: panel(110),
      },
    };
  },
};

function rowsOf(model: ReportModel): { values: QuantileRow[]; features: readonly string[] } {
  const values: QuantileRow[] = [];
  const seen = new Set<string>();
  for (const place of model.profilePlaces) {
    const real = model.real(place)?.profile;
    if (real === undefined) continue;
    for (const subject of model.subjects) {
      const synthetic = model.figures(place, subject)?.profile;
      if (synthetic === undefined) continue;
      real.features.forEach((name, realIndex) => {
        const index = synthetic.features.indexOf(name);
        const realQuantiles = real.quantiles[realIndex];
        const ours = synthetic.quantiles[index];
        if (realQuantiles == null || ours == null) return;
        const feature = featureWithUnit(model, name, real.units[realIndex] ?? '');
        seen.add(feature);
        real.quantileLevels.forEach((level, position) => {
          const matching = synthetic.quantileLevels.indexOf(level);
          const realValue = realQuantiles[position];
          const value = ours[matching];
          if (realValue === undefined || value === undefined) return;
          values.push({
            place: place.label,
            feature,
            generator: subject.label,
            level,
            real: forDrawing(realValue, 4),
            synthetic: forDrawing(value, 4),
          });
        });
      });
    }
  }
  return { values, features: [...seen] };
}

/** `HR (bpm)`. */
function featureWithUnit(model: ReportModel, name: string, unit: string): string {
  const label = model.featureLabels.get(name) ?? displayName(name);
  return unit === '' ? label : `${label} (${displayName(unit)})`;
}
