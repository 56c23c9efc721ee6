import type { ParameterLayout } from '../../engine/contract.js';

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

/** Where a layer lies in the flat vector of parameters. */
export interface PlacedLayer {
  /** Offsets of weight and bias. */
  readonly weight: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * The layers of a chain with their places.
 *
 * @throws RangeError when a parameter is missing or a layer does not take the outputs of the one before
 */
export function placedLayers(chain: DenseChain): PlacedLayer[] {
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
export function permuteLayer(
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
