import type { AggregationRule } from './contract.js';
import { distancesFromPool, type LatentDistance } from './latentDistance.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

export interface FeddiscoOptions {
  /** Factor a on a hospital's share of all distances. */
  readonly a: number;
  /** Constant b added to every weight. */
  readonly b: number;
  readonly distance: LatentDistance;
  readonly covariance: 'diagonal' | 'full';
}

/**
 * Averaging in the manner of FedDisco (Ye et al. 2023): α_k ∝ ReLU(w_k − a·d_k + b), where d_k is the hospital's share of all
 * distances. FedDisco measures label distributions; here it is the hospitals' latents. A hospital without a summary counts with
 * the mean distance.
 *
 * Where no term is positive the weights would be undefined; they are w_k then, and the round's `weightFallback` is 1.
 */
export const feddisco = ({ a, b, distance, covariance }: FeddiscoOptions): AggregationRule => ({
  id: 'feddisco',
  fullCovariance: covariance === 'full',
  aggregate(updates, state) {
    const ordered = inHospitalOrder(updates);
    const shares = normalised(ordered.map((update) => update.stays));
    const distances = distancesFromPool(ordered, distance);
    const known = distances.filter((value) => value !== null);
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(known.length, 1);
    const filled = distances.map((value) => value ?? mean);
    const total = filled.reduce((sum, value) => sum + value, 0);
    const terms = shares.map((share, k) =>
      Math.max(share - a * (total > 0 ? filled[k]! / total : 1 / ordered.length) + b, 0),
    );
    const undefinedWeights = terms.every((term) => term === 0);
    const weights = undefinedWeights ? shares : normalised(terms);
    return {
      parameters: weightedSum(
        ordered.map((update) => update.parameters),
        weights,
      ),
      weights: namedWeights(ordered, weights),
      movedShare: 0,
      monitors: { weightFallback: undefinedWeights ? 1 : 0 },
      state,
    };
  },
});
