import type { ParameterLayout } from '../../engine/contract.js';
import type { Random } from '../../engine/random.js';
import { cheapestAssignment } from '../hungarian.js';
import type { AggregationRule, HospitalUpdate } from './contract.js';
import { inHospitalOrder, namedWeights, normalised, weightedSum } from './weightedSum.js';

export interface MatchingOptions {
  /**
   * Also compare the outgoing weights of a neuron, not only the incoming ones and its bias. While the neurons of the next
   * layer have no common order yet, outgoing weights are compared in ascending order.
   */
  readonly twoSided: boolean;
  /** Compare directions: features of every neuron are scaled to length 1 first. */
  readonly cosine: boolean;
  /** `encoder` stops after the latent layer (the decoder is averaged in the order of its latent inputs); `network` goes on. */
  readonly scope: 'encoder' | 'network';
  /** Upper bound of refinement sweeps after the greedy pass. */
  readonly sweeps: number;
}

/** Names of a dense layer's parameters; the weight has shape [inputs, outputs]. */
export interface DenseLayer {
  readonly weight: string;
  readonly bias: string;
}

/** A chain of dense layers, each feeding the next; the outputs of the last one have a fixed meaning. */
export interface DenseChain {
  readonly layout: ParameterLayout;
  readonly layers: readonly DenseLayer[];
  /** How many of the layers make the encoder; the outputs of the last of them are the latents. */
  readonly encoderLayers: number;
}

interface PlacedLayer {
  readonly weight: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
}

function placedLayers(chain: DenseChain): PlacedLayer[] {
  const find = (name: string) => {
    const spec = chain.layout.specs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new RangeError(`the layout has no parameter ${name}`);
    return spec;
  };
  const placed = chain.layers.map(({ weight, bias }) => {
    const spec = find(weight);
    return {
      weight: spec.offset,
      bias: find(bias).offset,
      inputs: spec.shape[0]!,
      outputs: spec.shape[1]!,
    };
  });
  for (let l = 1; l < placed.length; l++)
    if (placed[l]!.inputs !== placed[l - 1]!.outputs)
      throw new RangeError(`layer ${l + 1} of the chain does not take the outputs of layer ${l}`);
  return placed;
}

/** Puts neuron `permutation[slot]` of a layer at `slot`, in place: its incoming weights, bias and outgoing weights. */
function permuteLayer(
  parameters: Float32Array,
  layer: PlacedLayer,
  next: PlacedLayer,
  permutation: Uint32Array,
): void {
  const row = new Float32Array(layer.outputs);
  const reorder = (offset: number): void => {
    for (let slot = 0; slot < layer.outputs; slot++) row[slot] = parameters[offset + permutation[slot]!]!;
    parameters.set(row, offset);
  };
  for (let i = 0; i < layer.inputs; i++) reorder(layer.weight + i * layer.outputs);
  reorder(layer.bias);
  const outgoing = parameters.slice(next.weight, next.weight + next.inputs * next.outputs);
  for (let slot = 0; slot < next.inputs; slot++)
    parameters.set(
      outgoing.subarray(permutation[slot]! * next.outputs, (permutation[slot]! + 1) * next.outputs),
      next.weight + slot * next.outputs,
    );
}

/** The same function with the neurons of the chain's hidden layers in another order; a copy. */
export function permuteNeurons(
  parameters: Float32Array,
  chain: DenseChain,
  permutations: readonly Uint32Array[],
): Float32Array {
  const layers = placedLayers(chain);
  const copy = parameters.slice();
  for (const [l, permutation] of permutations.entries())
    permuteLayer(copy, layers[l]!, layers[l + 1]!, permutation);
  return copy;
}

/** One row per neuron of the layer: [incoming weights | bias | outgoing weights if two-sided], length 1 if cosine. */
function neuronFeatures(
  parameters: Float32Array,
  layer: PlacedLayer,
  next: PlacedLayer,
  nextIsOrdered: boolean,
  options: MatchingOptions,
): Float64Array {
  const width = layer.inputs + 1 + (options.twoSided ? next.outputs : 0);
  const features = new Float64Array(layer.outputs * width);
  for (let neuron = 0; neuron < layer.outputs; neuron++) {
    const row = features.subarray(neuron * width, (neuron + 1) * width);
    for (let i = 0; i < layer.inputs; i++) row[i] = parameters[layer.weight + i * layer.outputs + neuron]!;
    row[layer.inputs] = parameters[layer.bias + neuron]!;
    if (options.twoSided) {
      const outgoing = row.subarray(layer.inputs + 1);
      for (let j = 0; j < next.outputs; j++)
        outgoing[j] = parameters[next.weight + neuron * next.outputs + j]!;
      if (!nextIsOrdered) outgoing.sort();
    }
    if (options.cosine) {
      const length = Math.hypot(...row);
      if (length > 0) for (let i = 0; i < width; i++) row[i]! /= length;
    }
  }
  return features;
}

/** Squared Euclidean distances of all pairs of rows of two [count × width] matrices. */
function squaredDistances(a: Float64Array, b: Float64Array, count: number): Float64Array {
  const width = a.length / count;
  const costs = new Float64Array(count * count);
  for (let g = 0; g < count; g++)
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let x = 0, p = g * width, q = i * width; x < width; x++, p++, q++) {
        const difference = a[p]! - b[q]!;
        sum += difference * difference;
      }
      costs[g * count + i] = sum;
    }
  return costs;
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

const identity = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
const equal = (a: Uint32Array, b: Uint32Array): boolean => a.every((value, i) => value === b[i]);

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
      if (!equal(found, permutations[k]!)) {
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
export function matchedHungarian(chain: DenseChain, options: MatchingOptions): AggregationRule {
  const layers = placedLayers(chain);
  const matched = options.scope === 'encoder' ? chain.encoderLayers : layers.length - 1;
  return {
    id: 'matched-hungarian',
    aggregate(updates, state, random) {
      const ordered = inHospitalOrder(updates);
      const weights = normalised(ordered.map((update) => update.stays));
      const aligned = ordered.map((update) => update.parameters.slice());
      const permutations: Uint32Array[][] = ordered.map(() => []);
      let moved = 0;
      let places = 0;
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
          for (let slot = 0; slot < layer.outputs; slot++) if (found[k]![slot] !== slot) moved++;
        }
        places += layer.outputs * ordered.length;
      }
      return {
        parameters: weightedSum(aligned, weights),
        weights: namedWeights(ordered, weights),
        movedShare: places === 0 ? 0 : moved / places,
        permutations: Object.fromEntries(ordered.map((update, k) => [update.hospital, permutations[k]!])),
        state,
      };
    },
  };
}
