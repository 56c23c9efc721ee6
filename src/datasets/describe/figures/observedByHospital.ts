import {
  accent,
  darkFrom,
  drawn,
  featureNames,
  figureConfig,
  hospitalNames,
  ink,
  mostRows,
  schemaUrl,
  shareScale,
  spreadOf,
  withheldColour,
  type DatasheetFigure,
  type DrawFigure,
} from './figure.js';

const mostColumns = 12;

/** Share of steps with a value, per feature and hospital; with many hospitals, its spread over them. */
export const drawObservedByHospital: DrawFigure = (description): DatasheetFigure | null => {
  const { features, hospitals } = description;
  if (hospitals.length < 2) return null;
  const names = featureNames(description);
  const spread = features.map(({ observedIn }) => spreadOf(observedIn));
  const rows = [...features.keys()]
    // One hospital, or only hospitals without the feature, show no difference.
    .filter(
      (feature) => features[feature]!.observedIn.filter((share) => share !== null && share > 0).length >= 2,
    )
    .sort((a, b) => spread[b]!.high - spread[b]!.low - (spread[a]!.high - spread[a]!.low) || a - b)
    .slice(0, mostRows);
  if (rows.length === 0) return null;
  const title = 'What is recorded where';
  if (hospitals.length <= mostColumns) {
    const ids = hospitalNames(description);
    return {
      id: 'observed-by-hospital',
      title,
      caption:
        'Share of all steps with a value at each hospital, features in order of the difference between hospitals; pale grey: withheld.',
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        width: { step: 58 },
        height: { step: 17 },
        data: {
          values: rows.flatMap((feature) =>
            ids.map((hospital, k) => {
              const share = features[feature]!.observedIn[k] ?? null;
              return {
                feature: names[feature]!,
                hospital,
                share: share === null ? null : drawn(share),
                dark: share !== null && share > darkFrom,
              };
            }),
          ),
        },
        encoding: {
          x: {
            field: 'hospital',
            type: 'nominal',
            sort: [...ids],
            title: null,
            axis: {
              orient: 'top',
              labelAngle: hospitals.length > 6 ? -35 : 0,
              labelLimit: 120,
              grid: false,
              ticks: false,
            },
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
            encoding: { color: { field: 'share', type: 'quantitative', scale: shareScale, legend: null } },
          },
          {
            transform: [{ filter: 'datum.share !== null' }],
            mark: { type: 'text', fontSize: 10 },
            encoding: {
              text: { field: 'share', type: 'quantitative', format: '.1%' },
              color: { condition: { test: 'datum.dark', value: 'white' }, value: ink },
            },
          },
        ],
      },
    };
  }
  return {
    id: 'observed-by-hospital',
    title,
    caption:
      'Share of all steps with a value: lowest, middle (tick) and highest hospital, features in order of the difference. Hospitals with 1 to 10 patients who have the feature are left out.',
    spec: {
      $schema: schemaUrl,
      config: figureConfig,
      width: 480,
      height: { step: 15 },
      data: {
        values: rows.map((feature) => ({
          feature: names[feature]!,
          low: drawn(spread[feature]!.low),
          middle: drawn(spread[feature]!.middle),
          high: drawn(spread[feature]!.high),
        })),
      },
      encoding: {
        y: { field: 'feature', type: 'nominal', sort: rows.map((feature) => names[feature]!), title: null },
      },
      layer: [
        {
          mark: { type: 'rule', color: '#9CC7E8', strokeWidth: 6 },
          encoding: {
            x: {
              field: 'low',
              type: 'quantitative',
              title: 'share of steps with a value',
              axis: { format: '.0%' },
            },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'tick', color: accent, thickness: 3, height: 11 },
          encoding: { x: { field: 'middle', type: 'quantitative' } },
        },
      ],
    },
  };
};
