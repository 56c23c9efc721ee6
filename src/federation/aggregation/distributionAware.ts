import type { AggregationRule, HospitalUpdate } from './contract.js';
import { distancesFromPool, type LatentDistance } from './latentDistance.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

export interface DistributionAwareOptions {
  /** Strength λ: 0 is FedAvg, positive favours typical hospitals, negative atypical ones. */
  readonly lambda: number;
  /** Distance of a hospital's latents from all hospitals': squared 2-Wasserstein, Kullback–Leibler or mean discrepancy. */
  readonly distance: LatentDistance;
  /** `full` compares covariances too, which hospitals have to release then. */
  readonly covariance: 'diagonal' | 'full';
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Raises weights below their floor to it and takes the difference from the others in proportion; weights stay a
 * distribution and no floor is undercut.
 */
export function withFloor(weights: readonly number[], floors: readonly number[]): number[] {
  const raised = weights.map(() => false);
  let result = [...weights];
  for (;;) {
    let changed = false;
    for (let k = 0; k < result.length; k++)
      if (!raised[k]! && result[k]! < floors[k]!) {
        raised[k] = true;
        changed = true;
      }
    if (!changed) return result;
    const fixed = floors.reduce((sum, floor, k) => sum + (raised[k]! ? floor : 0), 0);
    const free = weights.reduce((sum, weight, k) => sum + (raised[k]! ? 0 : weight), 0);
    result = weights.map((weight, k) => (raised[k]! ? floors[k]! : (weight / free) * (1 - fixed)));
  }
}

/** How far each hospital's latents are from all hospitals', as a multiple of the median; 1 where no summary was released. */
export function relativeDistances(
  updates: readonly HospitalUpdate[],
  distance: DistributionAwareOptions['distance'],
): number[] {
  const distances = distancesFromPool(updates, distance);
  const known = distances.filter((value) => value !== null);
  const middle = known.length === 0 ? 0 : median(known);
  return distances.map((value) => (value === null || !(middle > 0) ? 1 : value / middle));
}

/**
 * Distribution-aware averaging: α_k ∝ w_k · exp(−λ · D_k / median D), floor α_k ≥ min(w_k, 1/(5K)).
 *
 * A reconstruction: the formula of FedEHR-Gen (arXiv 2605.27892) is not public; this one is a named choice. λ = 0 is
 * bit-equal to FedAvg; λ < 0 up-weights atypical hospitals (coverage). A hospital without a summary counts as typical (D_k = median).
 */
export function distributionAware(options: DistributionAwareOptions): AggregationRule {
  return {
    id: 'distribution-aware',
    fullCovariance: options.covariance === 'full',
    aggregate(updates, state) {
      const ordered = inHospitalOrder(updates);
      const shares = normalised(ordered.map((update) => update.stays));
      const distances = relativeDistances(ordered, options.distance);
      const exponents = distances.map((distance) => -options.lambda * distance);
      const largest = Math.max(...exponents);
      const weights = withFloor(
        // Only differences of exponents matter; the largest is 0, so that no weight overflows.
        normalised(ordered.map((update, k) => update.stays * Math.exp(exponents[k]! - largest))),
        shares.map((share) => Math.min(share, 1 / (5 * ordered.length))),
      );
      return {
        parameters: weightedSum(
          ordered.map((update) => update.parameters),
          weights,
        ),
        weights: namedWeights(ordered, weights),
        movedShare: 0,
        state,
      };
    },
  };
}
