import type { Aggregated, AggregationState, HospitalUpdate } from './contract.js';
import type { DenseChain } from './denseChain.js';
import { namedWeights, weightedSum } from './weightedSum.js';

/** How far matching goes into the network. */
export interface MatchingScope {
  /** `encoder` stops after the latent layer (the decoder is averaged in the order of its latent inputs); `network` goes on. */
  readonly scope: 'encoder' | 'network';
}

/** Number of layers, from the first, whose neurons are matched; the outputs of the last layer never are. */
export const matchedLayers = (chain: DenseChain, { scope }: MatchingScope): number =>
  scope === 'encoder' ? chain.encoderLayers : chain.layers.length - 1;

/** The permutation that leaves `count` neurons where they are. */
export const identity = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

export const samePermutation = (a: Uint32Array, b: Uint32Array): boolean =>
  a.every((value, i) => value === b[i]);

/** Share of neurons that are not where they were, over hospitals and layers; 0 where nothing was matched. */
export function movedShare(permutations: readonly (readonly Uint32Array[])[]): number {
  let moved = 0;
  let places = 0;
  for (const permutation of permutations.flat()) {
    for (let slot = 0; slot < permutation.length; slot++) if (permutation[slot] !== slot) moved++;
    places += permutation.length;
  }
  return places === 0 ? 0 : moved / places;
}

/**
 * The answer of a rule that puts neurons in a common order and averages by stays.
 *
 * @param updates in the order of hospitals
 * @param aligned parameters of every hospital in the common order
 * @param permutations per hospital and matched layer
 */
export function alignedAverage(
  updates: readonly HospitalUpdate[],
  weights: readonly number[],
  aligned: readonly Float32Array[],
  permutations: readonly (readonly Uint32Array[])[],
  state: AggregationState,
): Aggregated {
  return {
    parameters: weightedSum(aligned, weights),
    weights: namedWeights(updates, weights),
    movedShare: movedShare(permutations),
    permutations: Object.fromEntries(updates.map((update, k) => [update.hospital, permutations[k]!])),
    state,
  };
}
