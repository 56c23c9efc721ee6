import { colour, figureConfig } from '../palette.js';
import { scoreNumbers, seedNumbers } from './numbersBehind.js';
import type { TopLevelSpec } from 'vega-lite';
import { choiceOf } from './choice.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';
import { hospitalColumns } from './hospitalColumns.js';

const readableColumns = 8;
const columnNames = ['s', 'value', 'low', 'high', 'position', 'good', 'bad', 'w', 'n', 'g'];

/** Hospital × headline metric for each generator: position between fresh real patients and no dependence. */
export const hospitals: FigureSource = {
  id: 'hospitals',
  title: 'Every hospital on every headline metric',
  section: 'hospitals',
  absent: 'the run has no score of a single hospital with both ends defined',
  draw(model): Figure | null {
    const sites = model.places.map((place) => place.label);
    const metrics = model.headlines.map((descriptor) => descriptor.title);
    const wide = sites.length > readableColumns;
    const shown = model.scores.filter((score) => score.headline && score.descriptor.headline);
    const { values, stays, gaps, placed } = hospitalColumns(model, shown, !wide);
    if (!placed) return null;
    const number = (field: string, title: string) => ({
      field,
      title,
      type: 'quantitative' as const,
      format: '.3~g',
    });
    const base = {
      $schema: schemaUrl,
      config: figureConfig,
      data: { values },
      params: [
        { name: 'sites', value: sites },
        { name: 'metrics', value: metrics },
        { name: 'stays', value: stays },
        { name: 'gaps', value: gaps },
      ],
      transform: [
        { flatten: [...columnNames, ...(wide ? [] : ['text'])] },
        { calculate: 'sites[datum.s]', as: 'site' },
        { calculate: 'metrics[datum.m]', as: 'metric' },
        { calculate: 'stays[datum.n]', as: 'behind' },
        { calculate: 'gaps[datum.g]', as: 'gap' },
        { calculate: "['', 'yes, within noise', 'yes'][datum.w]", as: 'worst' },
      ],
    };
    const panel = {
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
          { field: 'worst', title: 'worst hospital' },
          { field: 'behind', title: 'stays' },
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
            labelLimit: 170,
            labelPadding: 7,
            labelColor: colour('ink'),
          },
        },
      },
      layer: [
        {
          mark: { type: 'rect', stroke: colour('line'), strokeWidth: wide ? 0.5 : 1, aria: !wide },
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
                  titleLimit: 800,
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
    } satisfies Partial<Extract<TopLevelSpec, { layer: unknown }>>;
    return {
      id: this.id,
      title: this.title,
      description:
        'A heat map for each generator: rows are headline metrics, columns the pooled cohort and each hospital. The colour is the position between what fresh real patients reach (0 %, pale) and what independent columns reach (100 %, dark orange); ' +
        'for privacy metrics the far end is a copy of the training patients. Numbers are values; ▲ marks the hospital of a row with the worst value (its own ends may be worse as well, so it need not be the darkest), △ one whose 95 % interval overlaps that of the best hospital. Cells without a defined position are left uncoloured.',
      n: `${scoreNumbers(model, shown)}; means over ${seedNumbers(model)}`,
      uncertainty:
        'the 95 % interval of every value is in its tooltip; ▲ and △ tell whether the worst hospital’s leaves that of the best',
      layout: wide
        ? { kind: 'single', widest: 1100 }
        : {
            kind: 'panels',
            minimum: 380,
            around: 195,
            most: 3,
            panels: new Set(values.map((row) => row.generator)).size,
            square: false,
          },
      ...(wide
        ? {
            page: {
              ...base,
              params: [
                ...base.params,
                choiceOf('generator', 'generator', [...new Set(values.map((row) => row.generator))]),
              ],
              transform: [{ filter: 'datum.generator === generator' }, ...base.transform],
              ...panel,
            },
          }
        : {}),
      spec: {
        ...base,
        facet: {
          field: 'generator',
          type: 'nominal',
          sort: { field: 'order' },
          title: null,
          header: { labelAnchor: 'start', labelLimit: 320 },
        },
        columns: wide ? 1 : 3,
        spacing: { row: 20, column: 16 },
        resolve: { axis: { y: 'independent', x: 'independent' } },
        spec: panel,
      },
    };
  },
};
