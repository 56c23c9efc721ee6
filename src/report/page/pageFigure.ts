import type { Spec } from 'vega';
import { compileFigure } from '../../datasets/describe/drawSvg.js';
import type { Figure, Layout } from '../figures/figure.js';
import { themed } from './theme.js';

/** What the page's script needs to draw a figure. */
export interface PageFigure {
  readonly vega: Spec;
  readonly layout: Layout;
  readonly description: string;
  /** Signals that drop-down lists set; kept when a figure is drawn again. */
  readonly choices: readonly string[];
}

export function pageFigure(figure: Figure): PageFigure {
  const vega = themed(compileFigure(figure.page ?? figure.spec));
  const choices = (vega.signals ?? []).flatMap((signal) => ('bind' in signal ? [signal.name] : []));
  return { vega, layout: figure.layout, description: figure.description, choices };
}

export const pageFigures = (figures: readonly Figure[]): Readonly<Record<string, PageFigure>> =>
  Object.fromEntries(figures.map((figure) => [figure.id, pageFigure(figure)]));
