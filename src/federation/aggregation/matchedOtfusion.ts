import { cheapestTransport } from '../transport.js';
import { alignedAverage, identity, matchedLayers, type MatchingScope } from './alignedAverage.js';
import type { AggregationRule } from './contract.js';
import { placedLayers, type DenseChain, type PlacedLayer } from './denseChain.js';
import { inHospitalOrder, normalised } from './weightedSum.js';

/** Weights and biases of one dense layer: a row per neuron, [outputs × (inputs + 1)], its bias last. */
export interface NeuronRows {
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: Float64Array;
}

/** A layer of a flat vector of parameters as one row per neuron. */
export function neuronRows(parameters: Float32Array, layer: PlacedLayer): NeuronRows {
  const { inputs, outputs } = layer;
  const rows = new Float64Array(outputs * (inputs + 1));
  for (let neuron = 0; neuron < outputs; neuron++) {
    const row = neuron * (inputs + 1);
    for (let x = 0; x < inputs; x++) rows[row + x] = parameters[layer.weight + x * outputs + neuron]!;
    rows[row + inputs] = parameters[layer.bias + neuron]!;
  }
  return { inputs, outputs, rows };
}

function writeRows(
  { inputs, outputs, rows }: NeuronRows,
  parameters: Float32Array,
  layer: PlacedLayer,
): void {
  for (let neuron = 0; neuron < outputs; neuron++) {
    const row = neuron * (inputs + 1);
    for (let x = 0; x < inputs; x++) parameters[layer.weight + x * outputs + neuron] = rows[row + x]!;
    parameters[layer.bias + neuron] = rows[row + inputs]!;
  }
}

/** The incoming weights of every neuron moved to the reference's inputs: Ŵ = W · T; biases stay. */
function moveInputs(layer: NeuronRows, transport: Float64Array | null): NeuronRows {
  if (transport === null) return layer;
  const inputs = transport.length / layer.inputs;
  const rows = new Float64Array(layer.outputs * (inputs + 1));
  for (let neuron = 0; neuron < layer.outputs; neuron++) {
    const from = neuron * (layer.inputs + 1);
    const to = neuron * (inputs + 1);
    for (let x = 0; x < layer.inputs; x++) {
      const weight = layer.rows[from + x]!;
      for (let y = 0; y < inputs; y++) rows[to + y]! += weight * transport[x * inputs + y]!;
    }
    rows[to + inputs] = layer.rows[from + layer.inputs]!;
  }
  return { inputs, outputs: layer.outputs, rows };
}

/** Neurons of the reference's layer made of those transported to them: W̃ = Tᵀ · Ŵ, biases as one more column. */
function moveOutputs(layer: NeuronRows, transport: Float64Array): NeuronRows {
  const outputs = transport.length / layer.outputs;
  const width = layer.inputs + 1;
  const rows = new Float64Array(outputs * width);
  for (let i = 0; i < layer.outputs; i++)
    for (let j = 0; j < outputs; j++) {
      const share = transport[i * outputs + j]!;
      if (share === 0) continue;
      for (let x = 0; x < width; x++) rows[j * width + x]! += share * layer.rows[i * width + x]!;
    }
  return { inputs: layer.inputs, outputs, rows };
}

/** Euclidean distances of all pairs of neurons of two layers with the same inputs, [a.outputs × b.outputs]. */
function distances(a: NeuronRows, b: NeuronRows): Float64Array {
  const width = a.inputs + 1;
  const costs = new Float64Array(a.outputs * b.outputs);
  for (let i = 0; i < a.outputs; i++)
    for (let j = 0; j < b.outputs; j++) {
      let sum = 0;
      for (let x = 0; x < width; x++) {
        const difference = a.rows[i * width + x]! - b.rows[j * width + x]!;
        sum += difference * difference;
      }
      costs[i * b.outputs + j] = Math.sqrt(sum);
    }
  return costs;
}

/**
 * Moves a network onto another by optimal transport of its neurons (Singh & Jaggi 2020, weight-based OTFusion with
 * `past_correction`): layer by layer, inputs follow the transport of the layer before, the plan T between uniform marginals
 * is cheapest for Euclidean distances of [weights | bias], and neuron j of the reference gets the rows in the shares T_ij / ν_j.
 * Hidden widths may differ; inputs and outputs of the networks have a fixed meaning.
 *
 * @param matched number of layers, from the first, whose neurons are transported; later ones keep their order and need
 *   equal widths
 * @returns the network in the shape of the reference, and per matched layer T · diag(1/ν), [own outputs × reference's]
 */
export function transportOnto(
  reference: readonly NeuronRows[],
  network: readonly NeuronRows[],
  matched: number,
): { readonly layers: NeuronRows[]; readonly transports: Float64Array[] } {
  const transports: Float64Array[] = [];
  const layers = network.map((own, l) => {
    const target = reference[l]!;
    const layer = moveInputs(own, transports[l - 1] ?? null);
    if (layer.inputs !== target.inputs || (l >= matched && layer.outputs !== target.outputs))
      throw new RangeError(
        `layer ${l + 1} has ${layer.inputs} inputs and ${layer.outputs} outputs where the reference has ${target.inputs} and ${target.outputs}`,
      );
    if (l >= matched) return layer;
    const transport = cheapestTransport(distances(layer, target), layer.outputs, target.outputs);
    transports.push(transport);
    return moveOutputs(layer, transport);
  });
  return { layers, transports };
}

/** The permutation that a transport between equally many neurons is. */
function permutationOf(transport: Float64Array, count: number): Uint32Array {
  const permutation = new Uint32Array(count);
  for (let i = 0; i < count; i++)
    for (let slot = 0; slot < count; slot++) if (transport[i * count + slot]! > 0) permutation[slot] = i;
  return permutation;
}

/**
 * OTFusion of many models: every hospital is transported onto the largest one, and the results are averaged by stays.
 * Hospitals whose neurons stay in place are averaged exactly as in FedAvg, bit for bit.
 */
export function matchedOtfusion(chain: DenseChain, options: MatchingScope): AggregationRule {
  const layers = placedLayers(chain);
  const matched = matchedLayers(chain, options);
  return {
    id: 'matched-otfusion',
    aggregate(updates, state) {
      const ordered = inHospitalOrder(updates);
      const networks = ordered.map(({ parameters }) => layers.map((layer) => neuronRows(parameters, layer)));
      const largest = ordered.reduce(
        (best, update, k) => (update.stays > ordered[best]!.stays ? k : best),
        0,
      );
      const aligned = ordered.map((update) => update.parameters.slice());
      const permutations = networks.map((network, k) => {
        if (k === largest) return layers.slice(0, matched).map(({ outputs }) => identity(outputs));
        const moved = transportOnto(networks[largest]!, network, matched);
        for (const [l, layer] of moved.layers.entries()) writeRows(layer, aligned[k]!, layers[l]!);
        return moved.transports.map((transport, l) => permutationOf(transport, layers[l]!.outputs));
      });
      const weights = normalised(ordered.map((update) => update.stays));
      return alignedAverage(ordered, weights, aligned, permutations, state);
    },
  };
}
