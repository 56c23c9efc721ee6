import { forDrawing } from '../numbers.js';
import { colour, encodingOf, figureConfig } from '../palette.js';
import { choiceOf } from './choice.js';
import { realNumbers } from './numbersBehind.js';
import { schemaUrl, type Figure, type FigureSource } from './figure.js';

/** Receiver operating characteristic of the membership attack, with chance and the 1 % false-positive rate. */
export const membershipRoc: FigureSource = {
  id: 'membership-roc',
  title: 'Membership attack: receiver operating characteristic',
  section: 'privacy',
  absent: 'no membership attack was run, or it is undefined everywhere',
  draw(model): Figure | null {
    const values = model.profilePlaces.flatMap((place) =>
      model.subjects.flatMap((subject) => {
        const roc = model.figures(place, subject)?.membershipRoc;
        return (roc?.falsePositiveRate ?? []).flatMap((rate, index) => {
          const hit = roc?.truePositiveRate[index];
          return hit === undefined
            ? []
            : [
                {
                  place: place.label,
                  generator: subject.label,
                  fpr: forDrawing(rate, 4),
                  tpr: forDrawing(hit, 4),
                },
              ];
        });
      }),
    );
    if (values.length === 0) return null;
    const encoding = encodingOf(
      model,
      values.map((row) => row.generator),
    );
    const grid = [0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 1];
    const axis = (title: string) => ({ title, values: grid, format: '~%', labelOverlap: 'greedy' as const });
    return {
      id: this.id,
      title: this.title,
      description:
        'Share of training patients recognised (true-positive rate) against share of other patients wrongly taken for training patients (false-positive rate), one curve for each generator. ' +
        'The dashed diagonal is guessing; the dotted line marks 1 % false positives. Both axes have a square-root scale so that low rates are visible. A curve above the diagonal means that membership leaks.',
      n: `members: ${realNumbers(model, 'train')}; non-members: ${realNumbers(model, 'holdout')}; the smaller number of both attacks`,
      uncertainty:
        'not drawn; the interval of the area under each curve is in the table, and the table of power says which areas are noise',
      layout: { kind: 'single', widest: 620 },
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
        width: 560,
        height: 420,
        layer: [
          {
            data: { values: grid.map((rate) => ({ rate })) },
            mark: { type: 'line', strokeDash: [5, 4], strokeWidth: 1.2, color: colour('muted') },
            encoding: {
              x: {
                field: 'rate',
                type: 'quantitative',
                scale: { type: 'sqrt', domain: [0, 1] },
                axis: axis('false-positive rate (square-root scale)'),
              },
              y: {
                field: 'rate',
                type: 'quantitative',
                scale: { type: 'sqrt', domain: [0, 1] },
                axis: axis('true-positive rate (square-root scale)'),
              },
            },
          },
          {
            data: { values: [{ rate: 0.01, label: '1 % false positives' }] },
            layer: [
              {
                mark: { type: 'rule', strokeDash: [2, 3], strokeWidth: 1.5, color: colour('bad') },
                encoding: { x: { field: 'rate', type: 'quantitative' } },
              },
              {
                mark: {
                  type: 'text',
                  align: 'left',
                  baseline: 'top',
                  dx: 5,
                  dy: 4,
                  fontSize: 11,
                  color: colour('bad'),
                },
                encoding: {
                  x: { field: 'rate', type: 'quantitative' },
                  y: { datum: 0.6 },
                  text: { field: 'label' },
                },
              },
            ],
          },
          {
            transform: [{ filter: 'datum.place === place' }],
            mark: { type: 'line', strokeWidth: 2, interpolate: 'linear' },
            params: [{ name: 'shown', select: { type: 'point', fields: ['generator'] }, bind: 'legend' }],
            encoding: {
              x: { field: 'fpr', type: 'quantitative' },
              y: { field: 'tpr', type: 'quantitative' },
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
                { field: 'fpr', title: 'false-positive rate', type: 'quantitative', format: '.1%' },
                { field: 'tpr', title: 'true-positive rate', type: 'quantitative', format: '.1%' },
              ],
            },
          },
        ],
      },
    };
  },
};
