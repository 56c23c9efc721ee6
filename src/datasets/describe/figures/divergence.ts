import {
  accent,
  drawn,
  featureNames,
  figureConfig,
  hospitalColours,
  hospitalNames,
  hospitalShapes,
  ink,
  mostRows,
  schemaUrl,
  spreadOf,
  type DatasheetFigure,
  type DrawFigure,
} from './figure.js';

const id = 'divergence';
const title = 'How far hospitals are from the pool';
const measure =
  'Jensen–Shannon distance (base 2: 0 = equal, 1 = nothing in common) of the recorded values of each hospital to those of all hospitals';
const chance =
  'The black tick is what hospitals with the same numbers of such stays, but drawn at random, would show.';
const axis = 'Jensen–Shannon distance to all hospitals';

/** Per-feature distance of every hospital to the pool, beside what chance gives. */
export const drawDivergence: DrawFigure = (description): DatasheetFigure | null => {
  const { features, hospitals } = description;
  if (hospitals.length < 2) return null;
  const names = featureNames(description);
  const spread = features.map(({ divergence }) => spreadOf(divergence));
  const rows = [...features.keys()]
    .filter((feature) => spread[feature] !== null)
    .sort((a, b) => spread[b]!.high - spread[a]!.high || a - b)
    .slice(0, mostRows);
  if (rows.length === 0) return null;
  const expected = rows.flatMap((feature) => {
    const middle = spreadOf(features[feature]!.divergenceByChance)?.middle;
    return middle === undefined ? [] : [{ feature: names[feature]!, chance: drawn(middle) }];
  });
  const byChance = {
    data: { values: expected },
    mark: { type: 'tick', color: ink, thickness: 2, height: 12 },
    encoding: { x: { field: 'chance', type: 'quantitative' } },
  } as const;
  const y = {
    field: 'feature',
    type: 'nominal',
    sort: rows.map((feature) => names[feature]!),
    title: null,
  } as const;
  if (hospitals.length <= hospitalColours.length) {
    const ids = hospitalNames(description);
    return {
      id,
      title,
      caption: `${measure}. ${chance}`,
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        width: 460,
        height: { step: 17 },
        data: {
          values: rows.flatMap((feature) =>
            ids.flatMap((hospital, k) => {
              const distance = features[feature]!.divergence[k] ?? null;
              return distance === null
                ? []
                : [{ feature: names[feature]!, hospital, distance: drawn(distance) }];
            }),
          ),
        },
        encoding: { y },
        layer: [
          {
            mark: { type: 'point', filled: true, size: 55, opacity: 0.9 },
            encoding: {
              x: { field: 'distance', type: 'quantitative', title: axis, scale: { zero: true } },
              color: {
                field: 'hospital',
                type: 'nominal',
                title: null,
                scale: { domain: [...ids], range: hospitalColours.slice(0, ids.length) },
              },
              shape: {
                field: 'hospital',
                type: 'nominal',
                title: null,
                scale: { domain: [...ids], range: hospitalShapes.slice(0, ids.length) },
              },
            },
          },
          byChance,
        ],
      },
    };
  }
  return {
    id,
    title,
    caption: `${measure}: lowest, middle (dot) and highest hospital. ${chance}`,
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
      encoding: { y },
      layer: [
        {
          mark: { type: 'rule', color: '#9CC7E8', strokeWidth: 6 },
          encoding: {
            x: { field: 'low', type: 'quantitative', title: axis, scale: { zero: true } },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'point', filled: true, size: 45, color: accent, opacity: 1 },
          encoding: { x: { field: 'middle', type: 'quantitative' } },
        },
        byChance,
      ],
    },
  };
};
