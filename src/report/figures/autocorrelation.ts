import type { CohortProfile } from '../../metrics/contract.js';
import type { ReportModel } from '../model.js';
import { forDrawing, mean } from '../numbers.js';
import { colour, encodingOf, figureConfig, realLabel } from '../palette.js';
import type { Place } from '../subjects.js';
import { choiceOf } from './choice.js';
import { realNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

interface LagRow {
  readonly place: string;
  readonly feature: string;
  readonly generator: string;
  readonly lag: number;
  readonly acf: number;
}

const meanLabel = 'mean of all features';

/** Masked autocorrelation by lag: how fast a patient's value loses its memory. */
export const autocorrelation: FigureSource = {
  id: 'autocorrelation',
  title: 'Autocorrelation by lag',
  section: 'temporal',
  absent: 'no autocorrelation is defined in this run',
  draw(model): Figure | null {
    const { values, features } = rowsOf(model);
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    const panel = (width: number, height: number) => ({
      width,
      height,
      layer: [
        {
          mark: { type: 'line' as const, strokeWidth: 2, point: { size: 30, filled: true, strokeWidth: 0 } },
          params: [
            {
              name: 'shown',
              select: { type: 'point' as const, fields: ['generator'] },
              bind: 'legend' as const,
            },
          ],
          encoding: {
            x: {
              field: 'lag',
              type: 'ordinal' as const,
              axis: { title: 'lag (steps of the time grid)', labelAngle: 0, grid: false },
            },
            y: {
              field: 'acf',
              type: 'quantitative' as const,
              axis: { title: 'autocorrelation', tickCount: 5 },
            },
            color: {
              field: 'generator',
              type: 'nominal' as const,
              scale: { domain: [...encoding.labels], range: [...encoding.colours] },
              legend: {
                orient: 'top' as const,
                symbolType: 'stroke',
                direction: 'horizontal' as const,
                columns: 4,
                title: null,
              },
            },
            strokeDash: {
              field: 'generator',
              type: 'nominal' as const,
              scale: { domain: [...encoding.labels], range: encoding.dashes.map((dash) => [...dash]) },
            },
            opacity: { condition: { param: 'shown', value: 1 }, value: 0.1 },
            tooltip: [
              { field: 'generator', title: 'cohort' },
              { field: 'feature', title: 'feature' },
              { field: 'lag', title: 'lag' },
              { field: 'acf', title: 'autocorrelation', type: 'quantitative' as const, format: '.3f' },
            ],
          },
        },
        {
          mark: { type: 'rule' as const, color: colour('muted'), strokeWidth: 1 },
          encoding: { y: { datum: 0 } },
        },
      ],
    });
    return {
      id: this.id,
      title: this.title,
      description:
        'Masked autocorrelation of each feature at each lag, for the real holdout (solid, ink colour) and each generator. ' +
        'A curve near the real one keeps the memory of a patient’s course; a curve at zero has none. Dimensionless, from −1 to 1; only pairs of observed values of the same stay count.',
      n: realNumbers(model, 'holdout'),
      uncertainty:
        'not drawn; a curve of fewer than 11 patients is left out, and the interval of the summary metric is in the table',
      layout: { kind: 'single', widest: 820 },
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
        ...panel(560, 320),
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
        spec: panel(120, 90),
      },
    };
  },
};

function rowsOf(model: ReportModel): { values: LagRow[]; features: readonly string[] } {
  const values: LagRow[] = [];
  const seen = new Set<string>([meanLabel]);
  const add = (place: Place, generator: string, profile: CohortProfile | undefined): void => {
    if (profile === undefined) return;
    const byLag: number[][] = [];
    profile.features.forEach((name, index) => {
      const feature = model.featureLabels.get(name)!;
      profile.autocorrelation[index]?.forEach((acf, position) => {
        if (acf === null) return;
        seen.add(feature);
        (byLag[position] ??= []).push(acf);
        values.push({ place: place.label, feature, generator, lag: position + 1, acf: forDrawing(acf, 4) });
      });
    });
    byLag.forEach((all, position) => {
      const average = mean(all);
      if (average !== null)
        values.push({
          place: place.label,
          feature: meanLabel,
          generator,
          lag: position + 1,
          acf: forDrawing(average, 4),
        });
    });
  };
  for (const place of model.profilePlaces) {
    add(place, realLabel, model.real(place)?.profile);
    for (const subject of model.subjects) add(place, subject.label, model.figures(place, subject)?.profile);
  }
  return { values, features: values.length === 0 ? [] : [...seen] };
}
