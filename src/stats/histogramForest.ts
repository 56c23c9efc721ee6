import type { Random } from '../engine/random.js';
import type { FeatureTable } from './featureTable.js';
import { applyBins, fitBins, type Bins } from './featureBins.js';
import { growTree, type Tree } from './histogramTree.js';

export interface ForestOptions {
  readonly trees: number;
  /** Smallest number of (resampled) training rows in a leaf. */
  readonly minLeaf: number;
  readonly maxDepth: number;
  /** Columns tried at every split; √columns by default. */
  readonly columnsTried?: number;
}

/** A trained forest; `score` gives the mean leaf share of class 1 for the given rows of a table. */
export interface Forest {
  score(table: FeatureTable, rows: ArrayLike<number>): Float64Array;
}

/**
 * Random forest for two classes (Breiman 2001): bootstrapped rows, √columns candidates at every split, Gini impurity,
 * splits between at most 64 bins per column. Missing values have a bin of their own, below all values.
 *
 * @param table columns to learn from; NaN = missing
 * @param outcome 0 or 1 for every row of the table
 * @param rows training rows; bins are fitted on these only
 */
export function trainForest(
  table: FeatureTable,
  outcome: Uint8Array,
  rows: ArrayLike<number>,
  options: ForestOptions,
  random: Random,
): Forest {
  const bins = fitBins(table, rows);
  const codes = applyBins(bins, table, rows);
  const labels = Uint8Array.from({ length: rows.length }, (_, i) => outcome[rows[i]!]!);
  const weights = new Uint32Array(rows.length);
  const trees = Array.from({ length: options.trees }, () => {
    weights.fill(0);
    for (let i = 0; i < weights.length; i++) weights[random.integer(weights.length)]!++;
    return growTree(codes, labels, weights, options, random);
  });
  return { score: (scored, scoredRows) => score(trees, bins, scored, scoredRows) };
}

function score(
  trees: readonly Tree[],
  bins: Bins,
  table: FeatureTable,
  rows: ArrayLike<number>,
): Float64Array {
  const { code, rows: count } = applyBins(bins, table, rows);
  const sum = new Float64Array(count);
  for (const tree of trees) {
    const { column, threshold, left, share } = tree;
    for (let i = 0; i < count; i++) {
      let node = 0;
      while (left[node]! > 0) {
        const goesRight = code[column[node]! * count + i]! > threshold[node]! ? 1 : 0;
        node = left[node]! + goesRight;
      }
      sum[i]! += share[node]!;
    }
  }
  return sum.map((total) => total / trees.length);
}
