import { applyBins, fitBins } from './featureBins.js';
import type { FeatureTable } from './featureTable.js';
import { growValueTree, sumOfTrees, type BoostingOptions, type ValueTree } from './gradientBoosting.js';

/** Trained trees for several classes: probabilities [rows · classes], row-major. */
export interface BoostedClasses {
  readonly classes: number;
  probabilities(table: FeatureTable, rows: ArrayLike<number>): Float64Array;
}

/**
 * Gradient-boosted trees with softmax loss, one tree a class and round (Friedman 2001, diagonal Newton leaves as in Chen & Guestrin
 * 2016), grown as `trainBoosting` grows its trees; starts from the logarithms of the class shares. A class without a training row
 * keeps probability 0. No chance enters.
 *
 * @param table columns to learn from; NaN = missing, a bin of its own below all values
 * @param label 0 … classes − 1 for every row of the table
 * @param rows training rows, at least one; bins are fitted on these only
 */
export function trainBoostedClasses(
  table: FeatureTable,
  label: ArrayLike<number>,
  classes: number,
  rows: ArrayLike<number>,
  options: BoostingOptions,
): BoostedClasses {
  const count = rows.length;
  if (count === 0) throw new RangeError('boosting needs training rows');
  const bins = fitBins(table, rows);
  const codes = applyBins(bins, table, rows);
  const own = Uint32Array.from({ length: count }, (_, i) => label[rows[i]!]!);
  const counts = new Uint32Array(classes);
  for (const one of own) counts[one]!++;
  const present = [...counts.keys()].filter((k) => counts[k]! > 0);
  const start = present.map((k) => Math.log(counts[k]! / count));
  const scores = start.map((value) => new Float64Array(count).fill(value));
  const shares = present.map(() => new Float64Array(count));
  const gradient = new Float64Array(count);
  const curvature = new Float64Array(count);
  const trees: ValueTree[][] = present.map(() => []);
  for (let round = 0; round < options.trees && present.length > 1; round++) {
    softmax(scores, shares);
    present.forEach((k, place) => {
      const share = shares[place]!;
      for (let i = 0; i < count; i++) {
        gradient[i] = share[i]! - (own[i] === k ? 1 : 0);
        curvature[i] = share[i]! * (1 - share[i]!);
      }
      trees[place]!.push(growValueTree(codes, gradient, curvature, options, scores[place]!));
    });
  }
  return {
    classes,
    probabilities(scored, scoredRows) {
      const binned = applyBins(bins, scored, scoredRows);
      const sums = present.map((_, place) => sumOfTrees(trees[place]!, start[place]!, binned));
      softmax(sums, sums);
      const probabilities = new Float64Array(binned.rows * classes);
      present.forEach((k, place) => {
        for (let i = 0; i < binned.rows; i++) probabilities[i * classes + k] = sums[place]![i]!;
      });
      return probabilities;
    },
  };
}

function softmax(scores: readonly Float64Array[], into: readonly Float64Array[]): void {
  const rows = scores[0]?.length ?? 0;
  for (let i = 0; i < rows; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (const own of scores) if (own[i]! > largest) largest = own[i]!;
    let sum = 0;
    for (let k = 0; k < scores.length; k++) sum += into[k]![i] = Math.exp(scores[k]![i]! - largest);
    for (const own of into) own[i]! /= sum;
  }
}
