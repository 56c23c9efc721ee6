import type { TopLevelSpec } from 'vega-lite';
import type { Family } from '../../metrics/contract.js';
import type { ReportModel } from '../model.js';

/** How the page fits a figure to its column. */
export type Layout =
  /** One view: takes the width of its column. */
  | {
      readonly kind: 'single';
      /** Width beyond which it is not stretched, in pixels. */
      readonly widest: number;
    }
  /** A grid of equal panels, as many beside each other as fit. */
  | {
      readonly kind: 'panels';
      /** Narrowest legible panel including its axis, in pixels. */
      readonly minimum: number;
      /** Width of axis labels and padding around each panel, in pixels. */
      readonly around: number;
      /** Most panels beside each other. */
      readonly most: number;
      /** Number of panels. */
      readonly panels: number;
      /** Panels stay square. */
      readonly square: boolean;
    };

/** A drawn figure: what the files hold and what the page shows. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Alternative text: what is drawn and what it says, in sentences. */
  readonly description: string;
  /** How many patients, stays, seeds or rounds stand behind what is drawn. */
  readonly n: string;
  /** What of its uncertainty is drawn, and what is not. */
  readonly uncertainty: string;
  /** Vega-Lite with its data inline; complete by itself. */
  readonly spec: TopLevelSpec;
  /** What the page shows instead, where a choice replaces many panels. */
  readonly page?: TopLevelSpec;
  readonly layout: Layout;
}

/** One row of the explicit table of figures. */
export interface FigureSource {
  /** File name and fragment id. */
  readonly id: string;
  readonly title: string;
  /** Where the page shows it: beside the table of a family or in a section of its own. */
  readonly section: Family | 'summary' | 'hospitals' | 'training';
  /** Why the figure is missing when `draw` returns null. */
  readonly absent: string;
  /** Pure: equal results give an equal figure. */
  draw(model: ReportModel): Figure | null;
}

export const schemaUrl = 'https://vega.github.io/schema/vega-lite/v6.json';
