import { colour, encodingOf, figureConfig } from '../palette.js';
import { displayText } from '../names.js';
import { forDrawing } from '../numbers.js';
import { directionSign } from '../summary.js';
import { printedStays } from '../disclosure.js';
import { scoreNumbers, seedNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';
import { choiceOf } from './choice.js';

/** Headline metrics with interval, between what fresh real patients and independent columns reach; one row a generator. */
export const scoreBars: FigureSource = {
  id: 'scores',
  title: 'Scores between fresh real patients and no dependence',
  section: 'summary',
  absent: 'no headline metric has a value',
  draw(model): Figure | null {
    const order = new Map(model.headlines.map((descriptor, index) => [descriptor.id, index]));
    const drawn = new Set(model.profilePlaces);
    const shown = model.scores.filter(
      (score) => score.headline && order.has(score.descriptor.id) && drawn.has(score.place),
    );
    if (!shown.some((score) => score.value !== null)) return null;
    const values = shown.map((score) => {
      const ends = model.ends(score);
      return {
        place: score.place.label,
        metric: `${score.descriptor.title} ${directionSign(score.descriptor)}`,
        order: order.get(score.descriptor.id)!,
        generator: score.subject.label,
        row: model.subjects.indexOf(score.subject),
        value: score.value === null ? null : forDrawing(score.value),
        low: score.low === null ? null : forDrawing(score.low),
        high: score.high === null ? null : forDrawing(score.high),
        good: ends === null ? null : forDrawing(ends.good),
        bad: ends === null ? null : forDrawing(ends.bad),
        badName: ends?.badName ?? '',
        spread: score.seedDeviation === null ? null : forDrawing(score.seedDeviation, 3),
        seeds: score.seeds,
        stays: printedStays(model.results.manifest, score.place, score.n),
        gap: score.value === null ? `${score.state}: ${displayText(score.gaps[0]?.reason ?? '', 60)}` : '',
      };
    });
    const subjects = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    const tooltip = [
      { field: 'metric', title: 'metric' },
      { field: 'generator', title: 'generator' },
      { field: 'place', title: 'site' },
      { field: 'value', title: 'value', type: 'quantitative' as const, format: '.3~g' },
      { field: 'low', title: '95 % CI from', type: 'quantitative' as const, format: '.3~g' },
      { field: 'high', title: '95 % CI to', type: 'quantitative' as const, format: '.3~g' },
      { field: 'good', title: 'fresh real patients', type: 'quantitative' as const, format: '.3~g' },
      { field: 'bad', title: 'other end', type: 'quantitative' as const, format: '.3~g' },
      { field: 'badName', title: 'other end is' },
      { field: 'spread', title: 'SD over seeds', type: 'quantitative' as const, format: '.2~g' },
      { field: 'seeds', title: 'seeds' },
      { field: 'stays', title: 'stays' },
      { field: 'gap', title: 'no value' },
    ];
    // A little less than seven pixels a character; long names take a wider margin instead of losing their ends.
    const longest = Math.max(0, ...subjects.labels.map((label) => label.length));
    const margin = Math.min(250, Math.max(120, 6.5 * longest));
    const y = {
      field: 'generator',
      type: 'nominal' as const,
      sort: [...subjects.labels],
      title: null,
      axis: { grid: false, domain: false, ticks: false, labelLimit: margin, labelColor: colour('ink') },
    };
    const height = Math.max(60, 17 * subjects.labels.length);
    return {
      id: this.id,
      title: this.title,
      description:
        'One panel for each headline metric, one row for each generator. A dot is the value with its 95 % confidence interval (patients resampled, mean over seeds); ' +
        'the grey bar runs from what fresh real patients reach (green tick) to what independent columns reach (red tick), for privacy from fresh patients to a copy of the training patients.',
      n: `${scoreNumbers(model, shown)}; means over ${seedNumbers(model)}`,
      uncertainty:
        'lines are 95 % intervals (patients resampled), averaged over seeds; the deviation over seeds is in the tooltip',
      layout: {
        kind: 'panels',
        minimum: 180 + margin,
        around: 22 + margin,
        most: 3,
        panels: new Set(values.map((row) => row.metric)).size,
        square: false,
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
        ],
        transform: [{ filter: 'datum.place === place' }],
        facet: {
          field: 'metric',
          type: 'nominal',
          sort: { field: 'order' },
          title: null,
          header: { labelAnchor: 'start', labelPadding: 4 },
        },
        columns: 3,
        spacing: { row: 26, column: 18 },
        resolve: { scale: { x: 'independent' }, axis: { y: 'independent', x: 'independent' } },
        spec: {
          width: 190,
          height,
          encoding: { y },
          layer: [
            {
              transform: [{ filter: 'isValid(datum.good) && isValid(datum.bad)' }],
              mark: { type: 'bar', height: { band: 0.62 }, color: colour('band'), cornerRadius: 2 },
              encoding: {
                x: {
                  field: 'good',
                  type: 'quantitative',
                  scale: { zero: false, nice: true },
                  axis: {
                    title: null,
                    tickCount: 4,
                    format: '.4~g',
                    labelFlush: false,
                    labelOverlap: 'greedy',
                    labelSeparation: 4,
                  },
                },
                x2: { field: 'bad' },
              },
            },
            {
              transform: [{ filter: 'isValid(datum.bad)' }],
              mark: { type: 'tick', thickness: 2, height: { band: 0.62 }, color: colour('bad') },
              encoding: { x: { field: 'bad', type: 'quantitative' } },
            },
            {
              transform: [{ filter: 'isValid(datum.good)' }],
              mark: { type: 'tick', thickness: 2.5, height: { band: 0.62 }, color: colour('good') },
              encoding: { x: { field: 'good', type: 'quantitative' } },
            },
            {
              transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
              mark: { type: 'rule', strokeWidth: 2 },
              encoding: {
                x: { field: 'low', type: 'quantitative' },
                x2: { field: 'high' },
                color: {
                  field: 'generator',
                  type: 'nominal',
                  legend: null,
                  scale: { domain: [...subjects.labels], range: [...subjects.colours] },
                },
              },
            },
            {
              transform: [{ filter: 'isValid(datum.value)' }],
              mark: { type: 'point', filled: true, size: 70, opacity: 1 },
              encoding: {
                x: { field: 'value', type: 'quantitative' },
                color: {
                  field: 'generator',
                  type: 'nominal',
                  legend: null,
                  scale: { domain: [...subjects.labels], range: [...subjects.colours] },
                },
                tooltip,
              },
            },
            {
              transform: [{ filter: '!isValid(datum.value)' }],
              mark: {
                type: 'text',
                align: 'left',
                fontSize: 10,
                fontStyle: 'italic',
                limit: 185,
                color: colour('muted'),
              },
              encoding: { x: { value: 2 }, text: { field: 'gap' }, tooltip },
            },
          ],
        },
      },
    };
  },
};
