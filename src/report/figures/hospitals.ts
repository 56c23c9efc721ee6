import { displayText } from '../names.js';
import { forDrawing, formatValue } from '../numbers.js';
import { printedStays } from '../disclosure.js';
import { colour, figureConfig } from '../palette.js';
import { worstPlaces } from '../worst.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

const readableColumns = 8;
const signs = { clear: ' ▲', 'within-noise': ' △', no: '' };

/** Hospital × headline metric for each generator: position between fresh real patients and no dependence. */
export const hospitals: FigureSource = {
  id: 'hospitals',
  title: 'Every hospital on every headline metric',
  section: 'hospitals',
  absent: 'the run has no score of a single hospital with both ends defined',
  draw(model): Figure | null {
    const generators = model.subjects;
    const worst = worstPlaces(model);
    const values = model.scores.flatMap((score) => {
      if (!score.headline || !score.descriptor.headline) return [];
      const position = model.position(score);
      return [
        {
          generator: score.subject.label,
          order: generators.indexOf(score.subject),
          site: score.place.label,
          metric: score.descriptor.title,
          value: score.value === null ? null : forDrawing(score.value),
          text:
            score.value === null
              ? score.state
              : `${formatValue(score.value)}${signs[worst.get(score) ?? 'no']}`,
          position: position === null ? null : forDrawing(position.share, 4),
          good: position === null ? null : forDrawing(position.ends.good),
          bad: position === null ? null : forDrawing(position.ends.bad),
          badName: position?.ends.badName ?? 'ends undefined or too close',
          low: score.low === null ? null : forDrawing(score.low),
          high: score.high === null ? null : forDrawing(score.high),
          stays: printedStays(model.results.manifest, score.place, score.n),
          worst: { clear: 'yes', 'within-noise': 'yes, within noise', no: '' }[worst.get(score) ?? 'no'],
          gap: score.value === null ? displayText(score.gaps[0]?.reason ?? '', 80) : '',
        },
      ];
    });
    if (!values.some((row) => row.position !== null)) return null;
    const sites = model.places.map((place) => place.label);
    const metrics = model.headlines.map((descriptor) => descriptor.title);
    const wide = sites.length > readableColumns;
    const number = (field: string, title: string) => ({
      field,
      title,
      type: 'quantitative' as const,
      format: '.3~g',
    });
    return {
      id: this.id,
      title: this.title,
      description:
        'One heat map for each generator: rows are headline metrics, columns the pooled cohort and each hospital. The colour is the position between what fresh real patients reach (0 %, pale) and what independent columns reach (100 %, dark orange); ' +
        'for privacy metrics the far end is a copy of the training patients. Numbers are values; ▲ marks the worst hospital of a row, △ one whose 95 % interval overlaps that of the best hospital. Cells without a defined position are left uncoloured.',
      layout: {
        kind: 'panels',
        minimum: wide ? 480 : 330,
        around: 150,
        most: wide ? 1 : 3,
        panels: new Set(values.map((row) => row.generator)).size,
        square: false,
      },
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        data: { values },
        facet: {
          field: 'generator',
          type: 'nominal',
          sort: { field: 'order' },
          title: null,
          header: { labelAnchor: 'start', labelLimit: 190 },
        },
        columns: wide ? 1 : 3,
        spacing: { row: 20, column: 16 },
        resolve: { axis: { y: 'independent', x: 'independent' } },
        spec: {
          width: wide ? 640 : 190,
          height: 24 * metrics.length,
          encoding: {
            tooltip: [
              { field: 'generator', title: 'generator' },
              { field: 'metric', title: 'metric' },
              { field: 'site', title: 'site' },
              number('value', 'value'),
              number('low', '95 % CI from'),
              number('high', '95 % CI to'),
              { field: 'position', title: 'position', type: 'quantitative', format: '.0%' },
              number('good', 'fresh real patients'),
              number('bad', 'other end'),
              { field: 'badName', title: 'other end is' },
              { field: 'worst', title: 'worst hospital' },
              { field: 'stays', title: 'stays' },
              { field: 'gap', title: 'no value' },
            ],
            x: {
              field: 'site',
              type: 'nominal',
              sort: sites,
              axis: {
                title: null,
                orient: 'top',
                labelAngle: wide ? -60 : 0,
                domain: false,
                ticks: false,
                labelLimit: 90,
                labelOverlap: 'greedy',
              },
            },
            y: {
              field: 'metric',
              type: 'nominal',
              sort: metrics,
              axis: {
                title: null,
                domain: false,
                ticks: false,
                labelLimit: 120,
                labelPadding: 7,
                labelColor: colour('ink'),
              },
            },
          },
          layer: [
            {
              mark: { type: 'rect', stroke: colour('line'), strokeWidth: 1 },
              encoding: {
                color: {
                  condition: {
                    test: 'isValid(datum.position)',
                    field: 'position',
                    type: 'quantitative',
                    title: 'position',
                    scale: { domain: [0, 0.5, 1], range: ['#F6EBDD', '#E79A52', '#8C2D04'], clamp: true },
                    legend: {
                      orient: 'top',
                      format: '.0%',
                      gradientLength: 180,
                      tickCount: 3,
                      title: '0 % = as fresh real patients, 100 % = no dependence or a copy',
                      titleLimit: 520,
                    },
                  },
                  value: 'transparent',
                },
              },
            },
            ...(wide
              ? []
              : [
                  {
                    mark: { type: 'text' as const, fontSize: 10.5 },
                    encoding: {
                      text: { field: 'text' },
                      color: {
                        condition: [
                          { test: '!isValid(datum.position)', value: colour('ink') },
                          { test: 'datum.position > 0.62', value: '#FFFFFF' },
                        ],
                        value: '#22262B',
                      },
                    },
                  },
                ]),
          ],
        },
      },
    };
  },
};
