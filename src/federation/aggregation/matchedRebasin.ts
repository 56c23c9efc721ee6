import type { Random } from '../../engine/random.js';
import { cheapestAssignment } from '../hungarian.js';
import { alignedAverage, identity, matchedLayers, type MatchingScope } from './alignedAverage.js';
import type { AggregationRule } from './contract.js';
import { permuteLayer, placedLayers, type DenseChain, type PlacedLayer } from './denseChain.js';
import { inHospitalOrder, normalised } from './weightedSum.js';

/** Gains below this share of the similarity are rounding. */
const smallestGain = 1e-12;

/**
 * Inner products of all pairs of neurons of a layer: ⟨incoming weights, bias and outgoing weights of neuron g of `a`, those
 * of neuron i of `b`⟩, [outputs × outputs].
 */
function similarities(a: Float64Array, b: Float32Array, layer: PlacedLayer, next: PlacedLayer): Float64Array {
  const { outputs } = layer;
  const products = new Float64Array(outputs * outputs);
  const addColumns = (offset: number): void => {
    for (let g = 0; g < outputs; g++) {
      const left = a[offset + g]!;
      for (let i = 0; i < outputs; i++) products[g * outputs + i]! += left * b[offset + i]!;
    }
  };
  for (let x = 0; x < layer.inputs; x++) addColumns(layer.weight + x * outputs);
  addColumns(layer.bias);
  for (let g = 0; g < outputs; g++)
    for (let i = 0; i < outputs; i++) {
      const left = next.weight + g * next.outputs;
      const right = next.weight + i * next.outputs;
      let sum = 0;
      for (let x = 0; x < next.outputs; x++) sum += a[left + x]! * b[right + x]!;
      products[g * outputs + i]! += sum;
    }
  return products;
}

/**
 * Weight matching of Git Re-Basin (Ainsworth et al. 2023, algorithm 1): reorders the neurons of `parameters`, in place, so
 * that the inner product with `reference` grows. Layers are visited in random order, each with the best permutation given
 * the others (Hungarian algorithm), until a whole pass gains nothing.
 *
 * @param reference may have any scale
 * @param permutations what was done to the parameters before, one per matched layer; the new order is written to it
 * @returns whether anything moved
 */
export function matchWeights(
  reference: Float64Array,
  parameters: Float32Array,
  layers: readonly PlacedLayer[],
  permutations: Uint32Array[],
  random: Random,
): boolean {
  let moved = false;
  for (let gained = true; gained;) {
    gained = false;
    for (const l of random.permutation(permutations.length)) {
      const layer = layers[l]!;
      const next = layers[l + 1]!;
      const { outputs } = layer;
      const products = similarities(reference, parameters, layer, next);
      const found = cheapestAssignment(
        products.map((product) => -product),
        outputs,
        outputs,
      );
      let before = 0;
      let after = 0;
      for (let g = 0; g < outputs; g++) {
        before += products[g * outputs + g]!;
        after += products[g * outputs + found[g]!]!;
      }
      if (!(after - before > smallestGain * Math.max(1, Math.abs(before)))) continue;
      permuteLayer(parameters, layer, next, found);
      permutations[l] = found.map((neuron) => permutations[l]![neuron]!);
      gained = moved = true;
    }
  }
  return moved;
}

/**
 * Git Re-Basin's weight matching of many models (Ainsworth et al. 2023, algorithm 3, MergeMany): hospitals are matched, in
 * random order, to the sum of the others until nobody moves, and the aligned parameters are averaged by stays. Before
 * that, every hospital is matched to those before it in descending size, since a mean of models in unrelated orders says
 * little about any of them; the published algorithm has no such start.
 *
 * Hospitals whose neurons stay in place are averaged exactly as in FedAvg, bit for bit.
 */
export function matchedRebasin(chain: DenseChain, options: MatchingScope): AggregationRule {
  const layers = placedLayers(chain);
  const matched = matchedLayers(chain, options);
  return {
    id: 'matched-rebasin',
    aggregate(updates, state, random) {
      const ordered = inHospitalOrder(updates);
      const aligned = ordered.map((update) => update.parameters.slice());
      const permutations = ordered.map(() =>
        layers.slice(0, matched).map((layer) => identity(layer.outputs)),
      );
      const others = new Float64Array(chain.layout.size);
      const match = (k: number, references: readonly number[]): boolean => {
        others.fill(0);
        for (const other of references) {
          const parameters = aligned[other]!;
          for (let i = 0; i < others.length; i++) others[i]! += parameters[i]! / references.length;
        }
        return matchWeights(others, aligned[k]!, layers, permutations[k]!, random);
      };
      const bySize = ordered.map((_, k) => k).sort((a, b) => ordered[b]!.stays - ordered[a]!.stays || a - b);
      for (let k = 1; k < bySize.length; k++) match(bySize[k]!, bySize.slice(0, k));
      // With two hospitals the start is already a fixed point.
      for (let moved = ordered.length > 2; moved;) {
        moved = false;
        for (const k of random.permutation(ordered.length))
          if (
            match(
              k,
              bySize.filter((other) => other !== k),
            )
          )
            moved = true;
      }
      const weights = normalised(ordered.map((update) => update.stays));
      return alignedAverage(ordered, weights, aligned, permutations, state);
    },
  };
}
