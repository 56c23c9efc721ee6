import type { AggregationRule, HospitalUpdate, LatentSummary } from './contract.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

export interface DistributionAwareOptions {
  /** Strength λ: 0 is FedAvg, positive favours typical hospitals, negative atypical ones. */
  readonly lambda: number;
  /** Distance of a hospital's latents from all hospitals': squared 2-Wasserstein or Kullback–Leibler. */
  readonly distance: 'w2' | 'kl';
}

/** Mean and variance of the mixture of all hospitals: law of total variance over those that released a summary. */
function pooledSummary(summaries: readonly LatentSummary[], masses: readonly number[]): LatentSummary {
  const weights = normalised(masses);
  const size = summaries[0]!.mean.length;
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let first = 0;
    let second = 0;
    for (let k = 0; k < summaries.length; k++) {
      const mu = summaries[k]!.mean[i]!;
      first += weights[k]! * mu;
      second += weights[k]! * (summaries[k]!.variance[i]! + mu * mu);
    }
    mean[i] = first;
    variance[i] = Math.max(second - first * first, 1e-12);
  }
  return { mean, variance };
}

/** Squared 2-Wasserstein distance of two diagonal Gaussians, divided by the second one's total variance. */
export function wassersteinDistance(a: LatentSummary, b: LatentSummary): number {
  let distance = 0;
  let trace = 0;
  for (let i = 0; i < a.mean.length; i++) {
    const shift = a.mean[i]! - b.mean[i]!;
    const spread = Math.sqrt(a.variance[i]!) - Math.sqrt(b.variance[i]!);
    distance += shift * shift + spread * spread;
    trace += b.variance[i]!;
  }
  return distance / trace;
}

/** Kullback–Leibler divergence of diagonal Gaussian `a` from `b`, in nats. */
export function gaussianDivergence(a: LatentSummary, b: LatentSummary): number {
  let divergence = 0;
  for (let i = 0; i < a.mean.length; i++) {
    const shift = a.mean[i]! - b.mean[i]!;
    const ratio = Math.max(a.variance[i]!, 1e-12) / b.variance[i]!;
    divergence += 0.5 * (ratio + (shift * shift) / b.variance[i]! - 1 - Math.log(ratio));
  }
  return divergence;
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
  const released = updates.flatMap((update) =>
    update.summary === undefined ? [] : [{ summary: update.summary, stays: update.stays }],
  );
  if (released.length < 2) return updates.map(() => 1);
  const pooled = pooledSummary(
    released.map((entry) => entry.summary),
    released.map((entry) => entry.stays),
  );
  const measure = distance === 'w2' ? wassersteinDistance : gaussianDivergence;
  const middle = median(released.map((entry) => measure(entry.summary, pooled)));
  return updates.map((update) =>
    update.summary === undefined || !(middle > 0) ? 1 : measure(update.summary, pooled) / middle,
  );
}

/**
 * Distribution-aware averaging: α_k ∝ w_k · exp(−λ · D_k / median D), floor α_k ≥ min(w_k, 1/(5K)).
 *
 * A reconstruction: the formula of FedEHR-Gen (arXiv 2605.27892) is not public; this one is a named choice. λ = 0 is
 * bit-equal to FedAvg. A hospital without a summary counts as typical (D_k = median).
 */
export function distributionAware(options: DistributionAwareOptions): AggregationRule {
  return {
    id: 'distribution-aware',
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
