import { applyBins, fitBins } from './featureBins.js';
import type { FeatureTable } from './featureTable.js';
import {
  growValueTree,
  sumOfTrees,
  type BoostedTrees,
  type BoostingOptions,
  type ValueTree,
} from './gradientBoosting.js';

/**
 * Gradient-boosted trees with squared loss, grown as `trainBoosting` grows its trees; starts from the mean of the training rows.
 * `score` gives the number that is foretold. No chance enters.
 *
 * @param table columns to learn from; NaN = missing, a bin of its own below all values
 * @param target a number for every row of the table, finite among `rows`
 * @param rows training rows, at least one; bins are fitted on these only
 */
export function trainBoostedRegression(
  table: FeatureTable,
  target: Float64Array,
  rows: ArrayLike<number>,
  options: BoostingOptions,
): BoostedTrees {
  const count = rows.length;
  if (count === 0) throw new RangeError('boosting needs training rows');
  const bins = fitBins(table, rows);
  const codes = applyBins(bins, table, rows);
  const wanted = Float64Array.from({ length: count }, (_, i) => target[rows[i]!]!);
  const start = wanted.reduce((sum, value) => sum + value, 0) / count;
  const foretold = new Float64Array(count).fill(start);
  const gradient = new Float64Array(count);
  const curvature = new Float64Array(count).fill(1);
  const trees: ValueTree[] = [];
  for (let k = 0; k < options.trees; k++) {
    for (let i = 0; i < count; i++) gradient[i] = foretold[i]! - wanted[i]!;
    trees.push(growValueTree(codes, gradient, curvature, options, foretold));
  }
  return { score: (scored, scoredRows) => sumOfTrees(trees, start, applyBins(bins, scored, scoredRows)) };
}
