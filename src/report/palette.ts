import type { Config } from 'vega-lite';
import type { ReportModel } from './model.js';

/** Name printed for the real holdout. */
export const realLabel = 'real holdout';

/**
 * Colours of the figures, light theme and dark theme. Generators follow Okabe and Ito's colour-blind-safe palette, shifted so
 * that each has a contrast of at least 3:1 with its background. In the page every colour is a CSS variable, so the
 * theme changes without drawing again.
 */
export const palette = {
  ink: ['#1B1F24', '#E8EAED'],
  muted: ['#5B6470', '#A3ACB8'],
  line: ['#D4D9E0', '#39414B'],
  band: ['#DCE3EC', '#333D49'],
  good: ['#1A7F4B', '#4FC38A'],
  bad: ['#B3321E', '#FF8A70'],
  trainer1: ['#0072B3', '#56B4E9'],
  trainer2: ['#D55E00', '#FF9248'],
  trainer3: ['#00815F', '#2CC79C'],
  trainer4: ['#B0508A', '#E08FC0'],
  trainer5: ['#8A6D00', '#E3C432'],
  trainer6: ['#5A4FCF', '#A79BFF'],
  reference1: ['#6B7380', '#99A2AF'],
  reference2: ['#848C98', '#7F8894'],
  reference3: ['#4A525D', '#B9C1CC'],
} as const satisfies Record<string, readonly [string, string]>;

export type Colour = keyof typeof palette;

/** A colour of the light theme, as written into figure files. */
export const colour = (name: Colour): string => palette[name][0];

const trainerColours = ['trainer1', 'trainer2', 'trainer3', 'trainer4', 'trainer5', 'trainer6'] as const;
const referenceColours = ['reference1', 'reference2', 'reference3'] as const;

/** How each generator is drawn everywhere: colour, and dash so that colour is never the only cue. */
export interface Encoding {
  readonly labels: readonly string[];
  readonly colours: readonly string[];
  readonly dashes: readonly (readonly number[])[];
}

const trainerDashes: readonly (readonly number[])[] = [
  [1, 0],
  [8, 3],
  [3, 2],
  [8, 3, 2, 3],
  [12, 3],
  [5, 5],
];
const referenceDashes: readonly (readonly number[])[] = [
  [1, 3],
  [2, 5],
  [6, 6],
];

/** Encoding of the cohorts that a figure draws, by printed name; a generator looks the same in every figure. */
export function encodingOf(model: ReportModel, drawnLabels: Iterable<string>): Encoding {
  const present = new Set(drawnLabels);
  const counts = { generator: 0, reference: 0 };
  const drawn = model.subjects.map((subject) => {
    const index = counts[subject.kind]++;
    return subject.kind === 'generator'
      ? {
          label: subject.label,
          colour: colour(trainerColours[index % trainerColours.length]!),
          dash: trainerDashes[(index + Math.floor(index / trainerColours.length)) % trainerDashes.length]!,
        }
      : {
          label: subject.label,
          colour: colour(referenceColours[index % referenceColours.length]!),
          dash: referenceDashes[index % referenceDashes.length]!,
        };
  });
  const all = [{ label: realLabel, colour: colour('ink'), dash: [1, 0] }, ...drawn].filter((item) =>
    present.has(item.label),
  );
  return {
    labels: all.map((item) => item.label),
    colours: all.map((item) => item.colour),
    dashes: all.map((item) => item.dash),
  };
}

/** Look shared by all figures: transparent, quiet axes, system fonts. */
export const figureConfig: Config = {
  background: 'transparent',
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: colour('muted'),
    titleColor: colour('muted'),
    gridColor: colour('line'),
    domainColor: colour('line'),
    tickColor: colour('line'),
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 180,
    titleLimit: 600,
  },
  legend: {
    labelColor: colour('ink'),
    titleColor: colour('muted'),
    titleFontWeight: 'normal',
    labelFontSize: 12,
    labelLimit: 220,
    symbolStrokeWidth: 2.5,
  },
  header: {
    labelColor: colour('ink'),
    titleColor: colour('muted'),
    labelFontSize: 12,
    labelFontWeight: 600,
    labelLimit: 320,
  },
  title: {
    color: colour('ink'),
    subtitleColor: colour('muted'),
    fontSize: 13,
    subtitleFontSize: 11,
    anchor: 'start',
    limit: 1300,
  },
  text: { color: colour('ink') },
};
