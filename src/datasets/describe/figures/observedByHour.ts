import {
  drawn,
  featureNames,
  figureConfig,
  mostRows,
  schemaUrl,
  shareScale,
  withheldColour,
  type DatasheetFigure,
  type DrawFigure,
} from './figure.js';

const mostColumns = 48;

/** Share of stays with a value, per feature and step. */
export const drawObservedByHour: DrawFigure = (description): DatasheetFigure => {
  const names = featureNames(description);
  const { steps, stepHours, features } = description;
  const together = Math.ceil(steps / mostColumns);
  const rows = [...features.keys()]
    .sort((a, b) => (features[b]!.observed ?? 0) - (features[a]!.observed ?? 0) || a - b)
    .slice(0, mostRows);
  const values = rows.flatMap((feature) =>
    Array.from({ length: Math.ceil(steps / together) }, (_, column) => {
      const shares = features[feature]!.observedAt.slice(column * together, (column + 1) * together);
      const known = shares.filter((share) => share !== null);
      return {
        feature: names[feature]!,
        hour: column * together * stepHours,
        share: known.length === 0 ? null : drawn(known.reduce((sum, share) => sum + share, 0) / known.length),
      };
    }),
  );
  const of =
    features.length > rows.length ? ` The ${rows.length} most recorded of ${features.length} features.` : '';
  const joined = together > 1 ? ` Each column is the mean of ${together} steps.` : '';
  return {
    id: 'observed-by-hour',
    title: 'What is recorded when',
    caption: `Share of stays with a value in the step that starts so many hours after ICU admission; pale grey: withheld.${of}${joined}`,
    spec: {
      $schema: schemaUrl,
      config: figureConfig,
      width: Math.max(260, Math.min(680, 16 * Math.ceil(steps / together))),
      height: { step: 15 },
      data: { values },
      encoding: {
        x: {
          field: 'hour',
          type: 'ordinal',
          title: 'hours from ICU admission',
          axis: { labelAngle: 0, labelOverlap: true, grid: false },
        },
        y: {
          field: 'feature',
          type: 'nominal',
          sort: rows.map((feature) => names[feature]!),
          title: null,
          axis: { grid: false, ticks: false },
        },
      },
      layer: [
        {
          transform: [{ filter: 'datum.share === null' }],
          mark: { type: 'rect', color: withheldColour },
        },
        {
          transform: [{ filter: 'datum.share !== null' }],
          mark: 'rect',
          encoding: {
            color: {
              field: 'share',
              type: 'quantitative',
              title: 'recorded',
              scale: shareScale,
              legend: { format: '.0%', gradientLength: 120, values: [0, 0.1, 0.5, 1] },
            },
          },
        },
      ],
    },
  };
};
