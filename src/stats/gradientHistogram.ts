import { BINS, type BinnedTable } from './featureBins.js';

/** What a split must respect. */
export interface SplitOptions {
  /** Smallest number of training rows in a leaf. */
  readonly minLeaf: number;
  /** L2 penalty on the value of a leaf. */
  readonly lambda: number;
}

/** Sums over the rows of a node in every bin of every column. [columns · BINS] */
export interface GradientHistogram {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
  readonly rows: Uint32Array;
}

/** The best split of a node: `gain` is the decrease of the second-order loss, times two. */
export interface BestSplit {
  readonly column: number;
  readonly threshold: number;
  readonly gain: number;
}

/** Keeps the value of a leaf finite whose rows are all certain. */
export const CURVATURE_GUARD = 1e-10;

/** Counts the training rows `sample[from…to)`. */
export function histogramOf(
  table: BinnedTable,
  sample: Uint32Array,
  from: number,
  to: number,
  gradient: Float64Array,
  curvature: Float64Array,
): GradientHistogram {
  const size = table.columns * BINS;
  const histogram = {
    gradient: new Float64Array(size),
    curvature: new Float64Array(size),
    rows: new Uint32Array(size),
  };
  const ordered = sample.subarray(from, to);
  const g = Float64Array.from(ordered, (row) => gradient[row]!);
  const h = Float64Array.from(ordered, (row) => curvature[row]!);
  for (let column = 0; column < table.columns; column++) {
    addColumn(histogram, column * BINS, table.code, column * table.rows, ordered, g, h);
  }
  return histogram;
}

function addColumn(
  histogram: GradientHistogram,
  at: number,
  code: Uint8Array,
  base: number,
  ordered: Uint32Array,
  g: Float64Array,
  h: Float64Array,
): void {
  const { gradient, curvature, rows } = histogram;
  for (let i = 0; i < ordered.length; i++) {
    const place = at + code[base + ordered[i]!]!;
    gradient[place]! += g[i]!;
    curvature[place]! += h[i]!;
    rows[place]!++;
  }
}

/** What is left of a node without one of its children; the parent's arrays become it. */
export function subtract(parent: GradientHistogram, part: GradientHistogram): GradientHistogram {
  const { gradient, curvature, rows } = parent;
  for (let i = 0; i < rows.length; i++) {
    gradient[i]! -= part.gradient[i]!;
    curvature[i]! -= part.curvature[i]!;
    rows[i]! -= part.rows[i]!;
  }
  return parent;
}

/** The threshold with the largest gain over all columns; null when none leaves enough rows on both sides and gains. */
export function bestSplit(
  histogram: GradientHistogram,
  total: number,
  g: number,
  h: number,
  columns: number,
  options: SplitOptions,
): BestSplit | null {
  const { minLeaf, lambda } = options;
  if (total < 2 * minLeaf) return null;
  const before = (g * g) / (h + lambda + CURVATURE_GUARD);
  let [bestGain, bestColumn, bestThreshold] = [1e-9, -1, 0];
  for (let column = 0; column < columns; column++) {
    let below = 0;
    let gBelow = 0;
    let hBelow = 0;
    for (let bin = 0; bin < BINS - 1; bin++) {
      const at = column * BINS + bin;
      const here = histogram.rows[at]!;
      if (here === 0) continue;
      below += here;
      gBelow += histogram.gradient[at]!;
      hBelow += histogram.curvature[at]!;
      if (below < minLeaf) continue;
      if (total - below < minLeaf) break;
      const gain =
        (gBelow * gBelow) / (hBelow + lambda + CURVATURE_GUARD) +
        (g - gBelow) ** 2 / (h - hBelow + lambda + CURVATURE_GUARD) -
        before;
      if (gain > bestGain) [bestGain, bestColumn, bestThreshold] = [gain, column, bin];
    }
  }
  return bestColumn < 0 ? null : { column: bestColumn, threshold: bestThreshold, gain: bestGain };
}
