import { solveSymmetric } from '../../stats/cholesky.js';
import { symmetricEigen } from '../../stats/symmetricEigen.js';
import type { HospitalUpdate, LatentSummary } from './contract.js';
import { normalised } from './weightedSum.js';

/** Distance of one Gaussian summary of latents from another. */
export type LatentDistance = 'w2' | 'kl' | 'mmd';

/** Least variance of a pooled latent; a latent that does not vary has none. */
const leastVariance = 1e-12;
/** Added to the diagonals of full covariances, so that latents that do not vary have an inverse. */
const ridge = 1e-6;
/** Squared widths of the kernels of the mixture, as multiples of the second summary's total variance. */
const kernelWidths = [0.25, 0.5, 1, 2, 4];

/** Mean and covariance of the mixture of all hospitals: law of total variance over those that released a summary. */
export function pooledSummary(summaries: readonly LatentSummary[], masses: readonly number[]): LatentSummary {
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
    variance[i] = Math.max(second - first * first, leastVariance);
  }
  if (summaries.some((summary) => summary.covariance === undefined)) return { mean, variance };
  const covariance = new Float64Array(size * size);
  summaries.forEach((summary, k) => {
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        covariance[i * size + j]! +=
          weights[k]! *
          (summary.covariance![i * size + j]! +
            (summary.mean[i]! - mean[i]!) * (summary.mean[j]! - mean[j]!));
  });
  return { mean, variance, covariance };
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
    const ratio = Math.max(a.variance[i]!, leastVariance) / b.variance[i]!;
    divergence += 0.5 * (ratio + (shift * shift) / b.variance[i]! - 1 - Math.log(ratio));
  }
  return divergence;
}

/** Difference of the means. [latents] */
const shiftOf = (a: LatentSummary, b: LatentSummary): Float64Array =>
  a.mean.map((value, i) => value - b.mean[i]!);

const squaredLength = (x: Float64Array): number => x.reduce((sum, value) => sum + value * value, 0);

/** Product of two square matrices. */
function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      for (let j = 0; j < size; j++) result[i * size + j]! += factor * b[k * size + j]!;
    }
  return result;
}

/** Symmetric root of a positive semi-definite matrix. */
function rootOf(matrix: Float64Array, size: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, size);
  const root = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < size; k++)
        root[i * size + j]! +=
          vectors[i * size + k]! * Math.sqrt(Math.max(values[k]!, 0)) * vectors[j * size + k]!;
  return root;
}

/** Squared 2-Wasserstein distance with full covariances (Bures metric), divided by the second one's total variance. */
function buresDistance(a: LatentSummary, b: LatentSummary, ca: Float64Array, cb: Float64Array): number {
  const size = a.mean.length;
  const root = rootOf(cb, size);
  const cross = symmetricEigen(product(product(root, ca, size), root, size), size).values;
  const trace = (m: Float64Array): number =>
    m.reduce((sum, v, at) => sum + (at % (size + 1) === 0 ? v : 0), 0);
  const overlap = cross.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
  const distance = squaredLength(shiftOf(a, b)) + trace(ca) + trace(cb) - 2 * overlap;
  return Math.max(distance, 0) / trace(cb);
}

/** A⁻¹·x, and ln det A, of a positive-definite matrix with `extra` on its diagonal. */
function solved(
  matrix: Float64Array,
  x: Float64Array,
  extra: number,
): { readonly solution: Float64Array; readonly logDeterminant: number } {
  const size = x.length;
  const factor = matrix.map((value, at) => (at % (size + 1) === 0 ? value + extra : value));
  const solution = solveSymmetric(factor, size, x);
  let logDeterminant = 0;
  for (let i = 0; i < size; i++) logDeterminant += 2 * Math.log(factor[i * size + i]!);
  return { solution, logDeterminant };
}

const inner = (x: Float64Array, y: Float64Array): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0);

/** Kullback–Leibler divergence with full covariances, in nats. */
function fullDivergence(a: LatentSummary, b: LatentSummary, ca: Float64Array, cb: Float64Array): number {
  const size = a.mean.length;
  const shift = shiftOf(a, b);
  const { solution, logDeterminant } = solved(cb, shift, ridge);
  let trace = 0;
  for (let j = 0; j < size; j++) {
    const column = Float64Array.from({ length: size }, (_, i) => ca[i * size + j]! + (i === j ? ridge : 0));
    trace += solved(cb, column, ridge).solution[j]!;
  }
  const own = solved(ca, shift, ridge).logDeterminant;
  return Math.max(0.5 * (trace + inner(shift, solution) - size + logDeterminant - own), 0);
}

/**
 * Squared maximum mean discrepancy of two Gaussians under a mean of radial kernels exp(−‖x−y‖²/2h²), in closed form: what the
 * estimate from infinitely many samples of both would be.
 */
export function meanDiscrepancy(a: LatentSummary, b: LatentSummary): number {
  const size = a.mean.length;
  const diagonal = (variance: Float64Array): Float64Array =>
    Float64Array.from({ length: size * size }, (_, at) =>
      at % (size + 1) === 0 ? variance[at / (size + 1)]! : 0,
    );
  const [ca, cb] =
    a.covariance === undefined || b.covariance === undefined
      ? [diagonal(a.variance), diagonal(b.variance)]
      : [a.covariance, b.covariance];
  const total = b.variance.reduce((sum, value) => sum + value, 0);
  /** Mean of a kernel over independent draws of N(0, c₁) and N(shift, c₂). */
  const kernel = (c1: Float64Array, c2: Float64Array, shift: Float64Array, width: number): number => {
    const { solution, logDeterminant } = solved(
      c1.map((value, at) => value + c2[at]!),
      shift,
      width,
    );
    return Math.exp(0.5 * (size * Math.log(width) - logDeterminant - inner(shift, solution)));
  };
  const none = new Float64Array(size);
  const shift = shiftOf(a, b);
  return kernelWidths.reduce((sum, multiple) => {
    const width = multiple * total;
    const discrepancy =
      kernel(ca, ca, none, width) + kernel(cb, cb, none, width) - 2 * kernel(ca, cb, shift, width);
    return sum + Math.max(discrepancy, 0) / kernelWidths.length;
  }, 0);
}

/** The distance by name; with full covariances where both summaries have them. */
export function latentDistance(distance: LatentDistance, a: LatentSummary, b: LatentSummary): number {
  if (distance === 'mmd') return meanDiscrepancy(a, b);
  if (a.covariance === undefined || b.covariance === undefined)
    return distance === 'w2' ? wassersteinDistance(a, b) : gaussianDivergence(a, b);
  return distance === 'w2'
    ? buresDistance(a, b, a.covariance, b.covariance)
    : fullDivergence(a, b, a.covariance, b.covariance);
}

/**
 * Distance of each hospital's latents from all hospitals' together; null where no summary was released, and everywhere when
 * fewer than two hospitals released one.
 */
export function distancesFromPool(
  updates: readonly HospitalUpdate[],
  distance: LatentDistance,
): (number | null)[] {
  const released = updates.flatMap(({ summary, stays }) =>
    summary === undefined ? [] : [{ summary, stays }],
  );
  if (released.length < 2) return updates.map(() => null);
  const pooled = pooledSummary(
    released.map(({ summary }) => summary),
    released.map(({ stays }) => stays),
  );
  return updates.map(({ summary }) =>
    summary === undefined ? null : latentDistance(distance, summary, pooled),
  );
}
