import { printedCount } from '../printedText.js';
import {
  accent,
  figureConfig,
  hospitalNames,
  muted,
  schemaUrl,
  type DatasheetFigure,
  type DrawFigure,
} from './figure.js';

const mostBars = 40;
const classWidth = 10;

function sizeClasses(
  sizes: readonly (number | null)[],
): { label: string; order: number; hospitals: number }[] {
  const classes = new Map<number, number>();
  for (const size of sizes) {
    const order = size === null ? -1 : Math.floor((size - 1) / classWidth);
    classes.set(order, (classes.get(order) ?? 0) + 1);
  }
  return [...classes]
    .sort(([a], [b]) => a - b)
    .map(([order, hospitals]) => ({
      label: order < 0 ? 'withheld' : `${order * classWidth + 1}–${(order + 1) * classWidth}`,
      order,
      hospitals,
    }));
}

/** Patients of each hospital; with many hospitals, how many hospitals have so many patients. */
export const drawPatients: DrawFigure = (description): DatasheetFigure | null => {
  const names = hospitalNames(description);
  const sizes = description.hospitals.map(({ patients }) => patients);
  if (sizes.every((size) => size === null)) return null;
  if (sizes.length > mostBars) {
    const classes = sizeClasses(sizes);
    return {
      id: 'patients',
      title: 'Sizes of the hospitals',
      caption: `How many of the ${sizes.length} hospitals have how many patients. Sizes below 11, and those that would give them away, are counted as withheld.`,
      spec: {
        $schema: schemaUrl,
        config: figureConfig,
        width: 520,
        height: 220,
        data: { values: classes },
        encoding: {
          x: {
            field: 'label',
            type: 'ordinal',
            sort: classes.map(({ label }) => label),
            title: 'patients',
            axis: { labelAngle: classes.length > 10 ? -45 : 0 },
          },
          y: { field: 'hospitals', type: 'quantitative', title: 'hospitals' },
        },
        layer: [
          { mark: { type: 'bar', color: accent } },
          { mark: { type: 'text', dy: -7, fontSize: 11 }, encoding: { text: { field: 'hospitals' } } },
        ],
      },
    };
  }
  const values = names.map((hospital, k) => ({
    hospital,
    patients: sizes[k] ?? 0,
    label: sizes[k] === null ? 'withheld' : printedCount(sizes[k]!),
  }));
  return {
    id: 'patients',
    title: 'Patients per hospital',
    caption: 'Patients of each hospital. A patient seen in two hospitals counts in both.',
    spec: {
      $schema: schemaUrl,
      config: figureConfig,
      width: 460,
      height: { step: 22 },
      data: { values },
      encoding: { y: { field: 'hospital', type: 'nominal', sort: null, title: null } },
      layer: [
        {
          mark: { type: 'bar', color: accent, height: 14 },
          encoding: {
            x: { field: 'patients', type: 'quantitative', title: 'patients', axis: { grid: false } },
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: muted },
          encoding: { x: { field: 'patients', type: 'quantitative' }, text: { field: 'label' } },
        },
      ],
    },
  };
};
