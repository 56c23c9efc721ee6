import type { ReportModel } from '../model.js';
import { colour, figureConfig, realLabel } from '../palette.js';
import { choiceOf } from './choice.js';
import { realNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

interface MatrixRow {
  readonly place: string;
  readonly cohort: string;
  readonly order: number;
  readonly i: readonly number[];
  readonly j: readonly number[];
  readonly r: readonly (number | null)[];
}

/** Pairwise-complete Pearson correlations side by side: the real holdout, then each generator. */
export const correlations: FigureSource = {
  id: 'correlations',
  title: 'Correlation between features, real and synthetic side by side',
  section: 'pairwise',
  absent: 'no correlation matrix is defined in this run',
  draw(model): Figure | null {
    const { values, features } = matricesOf(model);
    if (values.length === 0) return null;
    const names = features.map((feature) => model.featureLabels.get(feature)!);
    return {
      id: this.id,
      title: this.title,
      description:
        `Heat maps of Pearson correlations between ${names.length} features over pairs observed at the same step: first the real holdout, then each generator. ` +
        'Blue is negative, orange positive, pale near zero; a pair without a defined correlation is left empty. The more a map looks like the first one, the better.',
      n: realNumbers(model, 'holdout'),
      uncertainty:
        'not drawn; a pair that fewer than 11 patients have together is left empty, and the interval of the summary metric is in the table',
      layout: {
        kind: 'panels',
        minimum: 250,
        around: 70,
        most: 3,
        panels: new Set(values.map((row) => row.cohort)).size,
        square: true,
      },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        params: [
          choiceOf(
            'place',
            'site',
            model.profilePlaces.map((place) => place.label),
          ),
          { name: 'features', value: names },
        ],
        transform: [
          { filter: 'datum.place === place' },
          { flatten: ['i', 'j', 'r'] },
          { filter: 'isValid(datum.r)' },
          { calculate: 'features[datum.i]', as: 'row' },
          { calculate: 'features[datum.j]', as: 'column' },
        ],
        facet: {
          field: 'cohort',
          type: 'nominal',
          sort: { field: 'order' },
          title: null,
          header: { labelAnchor: 'start' },
        },
        columns: 3,
        spacing: { row: 18, column: 12 },
        resolve: { axis: { y: 'independent', x: 'independent' } },
        spec: {
          width: 230,
          height: 230,
          mark: { type: 'rect' },
          encoding: {
            x: { field: 'j', type: 'ordinal', axis: axisOf('bottom') },
            y: { field: 'i', type: 'ordinal', axis: axisOf('left') },
            color: {
              field: 'r',
              type: 'quantitative',
              title: 'Pearson r',
              scale: { domain: [-1, 0, 1], range: ['#1F6FB2', '#F2EFE9', '#C4500B'], interpolate: 'rgb' },
              legend: {
                orient: 'top',
                gradientLength: 180,
                values: [-1, 0, 1],
                format: '.1f',
              },
            },
            tooltip: [
              { field: 'cohort', title: 'cohort' },
              { field: 'row', title: 'feature' },
              { field: 'column', title: 'with' },
              { field: 'r', title: 'Pearson r', type: 'quantitative', format: '.2f' },
            ],
          },
        },
      },
    };
  },
};

const axisOf = (orient: 'left' | 'bottom') => ({
  orient,
  title: null,
  domain: false,
  ticks: false,
  labelExpr: 'features[datum.value]',
  labelFontSize: 8,
  labelLimit: 56,
  labelPadding: 2,
  labelOverlap: 'greedy' as const,
  labelColor: colour('muted'),
  ...(orient === 'bottom' ? { labelAngle: -90 } : {}),
});

function matricesOf(model: ReportModel): { values: MatrixRow[]; features: readonly string[] } {
  const features = model.results.figures[0]?.profile.features ?? [];
  const values: MatrixRow[] = [];
  for (const place of model.profilePlaces) {
    const cohorts = [
      { label: realLabel, profile: model.real(place)?.profile },
      ...model.subjects.map((subject) => ({
        label: subject.label,
        profile: model.figures(place, subject)?.profile,
      })),
    ];
    cohorts.forEach(({ label, profile }, order) => {
      if (profile === undefined) return;
      const i: number[] = [];
      const j: number[] = [];
      const r: (number | null)[] = [];
      features.forEach((rowName, row) => {
        features.forEach((columnName, column) => {
          const value =
            profile.correlation[profile.features.indexOf(rowName)]?.[profile.features.indexOf(columnName)];
          if (row === column || value == null) return;
          i.push(row);
          j.push(column);
          r.push(Math.round(value * 100) / 100);
        });
      });
      if (r.length > 0) values.push({ place: place.label, cohort: label, order, i, j, r });
    });
  }
  return { values, features };
}
