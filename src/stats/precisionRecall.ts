import type { RankedScores } from './auroc.js';

/**
 * Average precision, the area under the precision–recall curve without interpolation: Σ (R_k − R_{k−1})·P_k over the
 * distinct thresholds, ties taken as one (scikit-learn's average_precision_score). Case i counts `weights[i]` times.
 * Range (0, 1], higher is better; a classifier that knows nothing reaches the prevalence. Null without positive cases.
 */
export function weightedAveragePrecision(ranked: RankedScores, weights: ArrayLike<number>): number | null {
  const { order, tiedWithNext, outcome } = ranked;
  let [all, positives, area, tiedPositives] = [0, 0, 0, 0];
  for (let i = order.length - 1; i >= 0; i--) {
    const row = order[i]!;
    const weight = weights[row]!;
    all += weight;
    if (outcome[row] === 1) tiedPositives += weight;
    if (i > 0 && tiedWithNext[i - 1] === 1) continue;
    positives += tiedPositives;
    // Recall is divided by the number of positives at the end, when it is known.
    if (tiedPositives > 0) area += (tiedPositives * positives) / all;
    tiedPositives = 0;
  }
  return positives > 0 ? area / positives : null;
}
