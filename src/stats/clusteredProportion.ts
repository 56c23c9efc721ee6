import { clusteredMeanVariance, meanOf } from './clusteredMean.js';
import type { Proportion } from './proportionDifference.js';

/**
 * Mean of values in [0, 1] that come in clusters (several stays of one patient), with the number of independent yes-or-no trials that has
 * the same variance: p(1 − p) over the clustered variance (Obuchowski 1997); the number of clusters where nothing varies.
 *
 * @param clusters [values] name of the cluster of each value
 */
export function clusteredProportion(values: ArrayLike<number>, clusters: readonly string[]): Proportion {
  const share = meanOf(values);
  const number = new Set(clusters).size;
  const variance = number > 1 ? clusteredMeanVariance(values, clusters) : 0;
  return { share, trials: variance > 0 ? (share * (1 - share)) / variance : number };
}

/**
 * Number of independent observations that clustered ones are worth, (Σw)²/(A + B − C): A and B the sums of squared total weights of the
 * clusters of either kind, C of those that share both (variance with two-way clusters: Cameron, Gelbach & Miller 2011, all
 * observations of a cluster taken as equal). With every observation a cluster of its own and equal weights it is their number.
 *
 * @param weights [observations] above 0
 */
export function effectiveNumber(
  weights: ArrayLike<number>,
  first: readonly string[],
  second: readonly string[],
): number {
  const both = first.map((name, k) => JSON.stringify([name, second[k]]));
  const squares = (names: readonly string[]): number => {
    const totals = new Map<string, number>();
    names.forEach((name, k) => totals.set(name, (totals.get(name) ?? 0) + weights[k]!));
    return [...totals.values()].reduce((sum, total) => sum + total * total, 0);
  };
  const total = first.reduce((sum, _, k) => sum + weights[k]!, 0);
  return total ** 2 / (squares(first) + squares(second) - squares(both));
}
