import { TrainingFailure } from '../trainingFailure.js';
import type { HospitalUpdate } from './contract.js';

/**
 * The updates in the fixed order of their hospitals' names, so that sums do not depend on who answered first.
 *
 * @throws TrainingFailure naming the hospital whose update has another length than the others', no stays, or comes twice
 */
export function inHospitalOrder(updates: readonly HospitalUpdate[]): HospitalUpdate[] {
  if (updates.length === 0) throw new RangeError('an aggregation needs at least one hospital');
  const ordered = [...updates].sort((a, b) => (a.hospital < b.hospital ? -1 : 1));
  const size = ordered[0]!.parameters.length;
  for (const [i, update] of ordered.entries()) {
    if (update.parameters.length !== size)
      throw new TrainingFailure(
        `hospital ${update.hospital} sent ${update.parameters.length} parameters where ${size} are expected`,
      );
    if (!(update.stays > 0))
      throw new TrainingFailure(`hospital ${update.hospital} reports ${update.stays} stays`);
    if (i > 0 && ordered[i - 1]!.hospital === update.hospital)
      throw new TrainingFailure(`hospital ${update.hospital} answered twice`);
  }
  return ordered;
}

/** Non-negative masses divided by their sum. */
export function normalised(masses: readonly number[]): number[] {
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  if (!(total > 0 && Number.isFinite(total)))
    throw new RangeError('aggregation weights must have a positive finite sum');
  return masses.map((mass) => mass / total);
}

/** Σ_k weights_k · vectors_k in float64, in the order given, rounded to float32 once. */
export function weightedSum(vectors: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const size = vectors[0]!.length;
  const sum = new Float64Array(size);
  for (let k = 0; k < vectors.length; k++) {
    const vector = vectors[k]!;
    const weight = weights[k]!;
    for (let i = 0; i < size; i++) sum[i]! += weight * vector[i]!;
  }
  return Float32Array.from(sum);
}

/** Weights by hospital name. */
export function namedWeights(
  updates: readonly Pick<HospitalUpdate, 'hospital'>[],
  weights: readonly number[],
): Record<string, number> {
  return Object.fromEntries(updates.map((update, k) => [update.hospital, weights[k]!]));
}
