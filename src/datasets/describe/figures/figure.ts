import type { Config, TopLevelSpec } from 'vega-lite';

import type { CohortDescription } from '../description.js';
import { distinctLines } from '../printedText.js';

/** A figure of a datasheet: its file name without ending, heading, alternative text and Vega-Lite with its data inline. */
export interface DatasheetFigure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

/** Draws one figure; null when the cohort has nothing for it. Pure. */
export type DrawFigure = (description: CohortDescription) => DatasheetFigure | null;

export const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';

export const ink = '#1B1F24';
export const muted = '#5B6470';
export const line = '#D4D9E0';
export const withheldColour = '#E6E9ED';
export const accent = '#0072B3';

/** Colours of up to six hospitals: Okabe and Ito's palette, darkened to a contrast of 3:1 with white. */
export const hospitalColours = ['#0072B3', '#D55E00', '#00815F', '#B0508A', '#8A6D00', '#5A4FCF'] as const;
export const hospitalShapes = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
] as const;

/** Look shared by all figures: quiet axes, system fonts, white ground. */
export const figureConfig: Config = {
  background: 'white',
  font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  padding: 8,
  view: { stroke: null },
  axis: {
    labelColor: ink,
    titleColor: muted,
    gridColor: line,
    domainColor: line,
    tickColor: line,
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 12,
    labelLimit: 280,
  },
  legend: {
    labelColor: ink,
    titleColor: muted,
    titleFontWeight: 'normal',
    labelFontSize: 11,
    labelLimit: 200,
  },
  text: { color: ink, aria: false },
  rect: { aria: false },
};

/** Shares from 0 to 1 as colour; the lower tenth has a third of the range, since laboratory values are rare. */
export const shareScale = { domain: [0, 0.1, 0.5, 1], range: ['#F4F8FC', '#B5D5EE', '#4F97CE', '#08306B'] };

/** Share above which text on the colour must be white. */
export const darkFrom = 0.6;

/** Most rows of a figure; of more features the first by the figure's own order are shown. */
export const mostRows = 60;

/** Names of the features as printed, distinct. */
export const featureNames = ({ features }: CohortDescription): readonly string[] =>
  distinctLines(features.map(({ variable }) => variable.name));

/** Names of the hospitals as printed, distinct. */
export const hospitalNames = ({ hospitals }: CohortDescription): readonly string[] =>
  distinctLines(hospitals.map(({ id }) => id));

/** Rounded for drawing. */
export const drawn = (value: number): number => Number(value.toPrecision(5));

/** Smallest, middle and largest of the numbers that are not null; null when there are none. */
export function spreadOf(
  values: readonly (number | null)[],
): { low: number; middle: number; high: number } | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  return { low: known[0]!, middle: known[Math.floor(known.length / 2)]!, high: known.at(-1)! };
}
