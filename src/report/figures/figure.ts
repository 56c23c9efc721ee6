import type { TopLevelSpec } from 'vega-lite';
import type { ReportModel } from '../model.js';

/** How the page fits a figure to its column. */
export type Layout =
  /** One view: takes the full width. */
  | { readonly kind: 'single' }
  /** A grid of equal panels, as many beside each other as fit. */
  | {
      readonly kind: 'panels';
      /** Narrowest legible panel including its axis, in pixels. */
      readonly minimum: number;
      /** Width of axis labels and padding around each panel, in pixels. */
      readonly around: number;
      readonly most: number;
      /** Panels stay square. */
      readonly square: boolean;
    };

/** A drawn figure: what the files hold and what the page shows. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Alternative text: what is drawn and what it says, in sentences. */
  readonly description: string;
  /** Vega-Lite with its data inline; complete by itself. */
  readonly spec: TopLevelSpec;
  /** What the page shows instead, where a choice replaces many panels. */
  readonly page?: TopLevelSpec;
  readonly layout: Layout;
}

/** One row of the explicit table of figures. */
export interface FigureSource {
  readonly id: string;
  readonly section: 'summary' | 'families' | 'hospitals' | 'training' | 'privacy';
  /** Why the figure is missing when `draw` returns null. */
  readonly absent: string;
  /** Pure: equal results give an equal figure. */
  draw(model: ReportModel): Figure | null;
}

export const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';
