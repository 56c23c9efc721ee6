import type { Random } from '../../engine/random.js';
import { cheapestAssignment } from '../hungarian.js';
import {
  alignedAverage,
  identity,
  matchedLayers,
  samePermutation,
  type MatchingScope,
} from './alignedAverage.js';
import type { AggregationRule, HospitalUpdate } from './contract.js';
import { permuteLayer, placedLayers, type DenseChain } from './denseChain.js';
import { neuronFeatures, squaredDistances, type FeatureOptions } from './neuronFeatures.js';
import { inHospitalOrder, normalised } from './weightedSum.js';

export interface HungarianOptions extends FeatureOptions, MatchingScope {
  /** Upper bound of refinement sweeps after the greedy pass. */
  readonly sweeps: number;
}

/** Weighted mean of the rows of several hospitals, each in the order of its permutation. */
function alignedMean(
  features: readonly Float64Array[],
  permutations: readonly Uint32Array[],
  weights: readonly number[],
  members: readonly number[],
): Float64Array {
  const count = permutations[0]!.length;
  const width = features[0]!.length / count;
  const mean = new Float64Array(features[0]!.length);
  const total = members.reduce((sum, k) => sum + weights[k]!, 0);
  for (const k of members) {
    const rows = features[k]!;
    const share = weights[k]! / total;
    for (let slot = 0; slot < count; slot++) {
      const from = permutations[k]![slot]! * width;
      for (let x = 0; x < width; x++) mean[slot * width + x]! += share * rows[from + x]!;
    }
  }
  return mean;
}

/** Permutation of every hospital for one layer: greedy by descending size onto the largest, then refinement sweeps. */
function matchLayer(
  features: readonly Float64Array[],
  count: number,
  updates: readonly HospitalUpdate[],
  weights: readonly number[],
  sweeps: number,
  random: Random,
): Uint32Array[] {
  const bySize = updates.map((_, k) => k).sort((a, b) => updates[b]!.stays - updates[a]!.stays || a - b);
  const permutations = updates.map(() => identity(count));
  const done = [bySize[0]!];
  for (const k of bySize.slice(1)) {
    const mean = alignedMean(features, permutations, weights, done);
    permutations[k] = cheapestAssignment(squaredDistances(mean, features[k]!, count), count, count);
    done.push(k);
  }
  // With two hospitals the greedy pass is already a fixed point.
  for (let sweep = 0; sweep < sweeps && updates.length > 2; sweep++) {
    let changed = false;
    for (const k of random.permutation(updates.length)) {
      const others = bySize.filter((other) => other !== k);
      const mean = alignedMean(features, permutations, weights, others);
      const found = cheapestAssignment(squaredDistances(mean, features[k]!, count), count, count);
      if (!samePermutation(found, permutations[k]!)) {
        permutations[k] = found;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return permutations;
}

/**
 * Layer-wise matched averaging with fixed widths: layer by layer, in the order of FedMA (Wang et al. 2020), every
 * hospital's neurons are put in the order that fits the others best (Hungarian algorithm on squared distances of their
 * weights), the inputs of the next layer follow, and the aligned parameters are averaged by stays.
 *
 * A reconstruction of FedEHR-Gen's layer-wise matching aggregation (arXiv 2605.27892), whose matching cost is not public.
 * Hospitals whose neurons stay in place are averaged exactly as in FedAvg, bit for bit.
 */
export function matchedHungarian(chain: DenseChain, options: HungarianOptions): AggregationRule {
  const layers = placedLayers(chain);
  const matched = matchedLayers(chain, options);
  return {
    id: 'matched-hungarian',
    aggregate(updates, state, random) {
      const ordered = inHospitalOrder(updates);
      const weights = normalised(ordered.map((update) => update.stays));
      const aligned = ordered.map((update) => update.parameters.slice());
      const permutations: Uint32Array[][] = ordered.map(() => []);
      for (let l = 0; l < matched; l++) {
        const layer = layers[l]!;
        const next = layers[l + 1]!;
        const features = aligned.map((parameters) =>
          neuronFeatures(parameters, layer, next, l + 1 === layers.length - 1, options),
        );
        const found = matchLayer(features, layer.outputs, ordered, weights, options.sweeps, random);
        for (let k = 0; k < ordered.length; k++) {
          permuteLayer(aligned[k]!, layer, next, found[k]!);
          permutations[k]!.push(found[k]!);
        }
      }
      return alignedAverage(ordered, weights, aligned, permutations, state);
    },
  };
}
