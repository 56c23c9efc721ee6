import { applyBins, fitBins, type BinnedTable } from './featureBins.js';
import type { FeatureTable } from './featureTable.js';
import {
  bestSplit,
  CURVATURE_GUARD,
  histogramOf,
  subtract,
  type BestSplit,
  type GradientHistogram,
  type SplitOptions,
} from './gradientHistogram.js';
import { partition } from './histogramTree.js';

export interface BoostingOptions extends SplitOptions {
  readonly trees: number;
  readonly maxLeaves: number;
  /** Splits from the root to a leaf at most; no limit when left out. */
  readonly maxDepth?: number;
  readonly learningRate: number;
}

/** Trained boosted trees; `score` gives the log odds of class 1 for the given rows of a table. */
export interface BoostedTrees {
  score(table: FeatureTable, rows: ArrayLike<number>): Float64Array;
}

/** One tree in flat arrays, as `Tree` is. */
export interface ValueTree {
  readonly column: Uint16Array;
  readonly threshold: Uint8Array;
  readonly left: Uint32Array;
  /** Added to the log odds, learning rate included. */
  readonly value: Float64Array;
}

/**
 * Gradient-boosted trees with logistic loss (Friedman 2001) and Newton leaves (Chen & Guestrin 2016), grown best-first on
 * histograms of at most 64 bins a column, as scikit-learn's HistGradientBoostingClassifier and LightGBM do. No chance
 * enters. Missing values have a bin of their own, below all values. Starts from the log odds of the training rows.
 *
 * @param table columns to learn from; NaN = missing
 * @param outcome 0 or 1 for every row of the table, both present among `rows`
 * @param rows training rows; bins are fitted on these only
 */
export function trainBoosting(
  table: FeatureTable,
  outcome: Uint8Array,
  rows: ArrayLike<number>,
  options: BoostingOptions,
): BoostedTrees {
  const bins = fitBins(table, rows);
  const codes = applyBins(bins, table, rows);
  const count = rows.length;
  const labels = Uint8Array.from({ length: count }, (_, i) => outcome[rows[i]!]!);
  const ones = labels.reduce((sum, label) => sum + label, 0);
  if (ones === 0 || ones === count) throw new RangeError('boosting needs training rows of both classes');
  const start = Math.log(ones / (count - ones));
  const logOdds = new Float64Array(count).fill(start);
  const gradient = new Float64Array(count);
  const curvature = new Float64Array(count);
  const trees: ValueTree[] = [];
  for (let k = 0; k < options.trees; k++) {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-logOdds[i]!));
      gradient[i] = p - labels[i]!;
      curvature[i] = p * (1 - p);
    }
    trees.push(growValueTree(codes, gradient, curvature, options, logOdds));
  }
  return { score: (scored, scoredRows) => sumOfTrees(trees, start, applyBins(bins, scored, scoredRows)) };
}

/** `start` plus the leaf values of all trees for every row. */
export function sumOfTrees(
  trees: readonly ValueTree[],
  start: number,
  { code, rows: count }: BinnedTable,
): Float64Array {
  const sum = new Float64Array(count).fill(start);
  for (const { column, threshold, left, value } of trees) {
    for (let i = 0; i < count; i++) {
      let node = 0;
      while (left[node]! > 0)
        node = left[node]! + (code[column[node]! * count + i]! > threshold[node]! ? 1 : 0);
      sum[i]! += value[node]!;
    }
  }
  return sum;
}

/** A leaf that may still be split, with what its rows sum to in every bin of every column. */
interface Leaf {
  readonly node: number;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
  readonly histogram: GradientHistogram;
  readonly gradient: number;
  readonly curvature: number;
  readonly split: BestSplit | null;
}

/**
 * Grows one tree best-first on the first and second derivatives of the loss by the scores (log odds, log shares or the number that
 * is foretold) and adds its leaf values to `scores` of the training rows.
 */
export function growValueTree(
  table: BinnedTable,
  gradient: Float64Array,
  curvature: Float64Array,
  options: BoostingOptions,
  scores: Float64Array,
): ValueTree {
  const { rows, code } = table;
  const capacity = 2 * options.maxLeaves;
  const column = new Uint16Array(capacity);
  const threshold = new Uint8Array(capacity);
  const left = new Uint32Array(capacity);
  const value = new Float64Array(capacity);
  const sample = Uint32Array.from({ length: rows }, (_, i) => i);
  const buffer = new Uint32Array(rows);
  const deepest = options.maxDepth ?? Number.POSITIVE_INFINITY;
  const leaf = (
    node: number,
    depth: number,
    from: number,
    to: number,
    histogram: GradientHistogram,
  ): Leaf => {
    let g = 0;
    let h = 0;
    for (let i = from; i < to; i++) {
      g += gradient[sample[i]!]!;
      h += curvature[sample[i]!]!;
    }
    return {
      node,
      depth,
      from,
      to,
      histogram,
      gradient: g,
      curvature: h,
      split: depth >= deepest ? null : bestSplit(histogram, to - from, g, h, table.columns, options),
    };
  };
  const leaves = [leaf(0, 0, 0, rows, histogramOf(table, sample, 0, rows, gradient, curvature))];
  let nodes = 1;
  while (leaves.length < options.maxLeaves) {
    let chosen = -1;
    leaves.forEach(({ split }, place) => {
      if (split !== null && (chosen < 0 || split.gain > leaves[chosen]!.split!.gain)) chosen = place;
    });
    if (chosen < 0) break;
    const { node, depth, from, to, histogram, split } = leaves[chosen]!;
    const end = partition(code, split!.column * rows, split!.threshold, sample, buffer, from, to);
    // Only the smaller side is counted; the larger is what is left of the parent.
    const smallerIsLeft = end - from <= to - end;
    const small = smallerIsLeft
      ? histogramOf(table, sample, from, end, gradient, curvature)
      : histogramOf(table, sample, end, to, gradient, curvature);
    const large = subtract(histogram, small);
    column[node] = split!.column;
    threshold[node] = split!.threshold;
    left[node] = nodes;
    leaves[chosen] = leaf(nodes, depth + 1, from, end, smallerIsLeft ? small : large);
    leaves.push(leaf(nodes + 1, depth + 1, end, to, smallerIsLeft ? large : small));
    nodes += 2;
  }
  for (const { node, from, to, gradient: g, curvature: h } of leaves) {
    const step = (-options.learningRate * g) / (h + options.lambda + CURVATURE_GUARD);
    value[node] = step;
    for (let i = from; i < to; i++) scores[sample[i]!]! += step;
  }
  return {
    column: column.slice(0, nodes),
    threshold: threshold.slice(0, nodes),
    left: left.slice(0, nodes),
    value: value.slice(0, nodes),
  };
}
