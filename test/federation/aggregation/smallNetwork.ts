import type { ParameterLayout } from '../../../src/engine/contract.js';
import { random } from '../../../src/engine/random.js';
import {
  permuteLayer,
  placedLayers,
  type DenseChain,
} from '../../../src/federation/aggregation/denseChain.js';

export const widths = [9, 12, 5, 12, 9];

function denseChain(): DenseChain {
  let offset = 0;
  const place = (name: string, shape: number[]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    offset += size;
    return { name, shape, size, offset: offset - size, initial: 'zeros' as const };
  };
  const specs = widths
    .slice(1)
    .flatMap((outputs, l) => [
      place(`layer${l}.weight`, [widths[l]!, outputs]),
      place(`layer${l}.bias`, [outputs]),
    ]);
  const layout: ParameterLayout = { specs, size: offset };
  const layers = widths.slice(1).map((_, l) => ({ weight: `layer${l}.weight`, bias: `layer${l}.bias` }));
  return { layout, layers, encoderLayers: 2 };
}

/** An autoencoder of 9 inputs, 12 hidden units and 5 latents. */
export const chain = denseChain();
/** The network in plain arithmetic: ReLU after the first and third layer, linear latents and outputs. */
export function network(parameters: Float32Array, input: readonly number[]): number[] {
  let values = [...input];
  for (let l = 0; l < chain.layers.length; l++) {
    const weight = chain.layout.specs[2 * l]!;
    const bias = chain.layout.specs[2 * l + 1]!;
    const outputs = weight.shape[1]!;
    const next = Array.from({ length: outputs }, (_, j) => {
      let sum = parameters[bias.offset + j]!;
      for (let i = 0; i < values.length; i++)
        sum += values[i]! * parameters[weight.offset + i * outputs + j]!;
      return l % 2 === 0 ? Math.max(sum, 0) : sum;
    });
    values = next;
  }
  return values;
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

/** Random networks around one planted one, and probes of what they compute. */
export function plantedNetworks(seed: number) {
  const draw = random(seed, 'matching');
  const original = draw.fillNormal(new Float32Array(chain.layout.size));
  const probes = Array.from({ length: 20 }, () => Array.from({ length: widths[0]! }, () => draw.normal()));
  return {
    draw,
    original,
    /** The same function with its neurons in random order. */
    shuffled: (parameters = original, layers = 3) =>
      permuteNeurons(
        parameters,
        chain,
        widths.slice(1, 1 + layers).map((width) => draw.permutation(width)),
      ),
    /** The planted network with noise on every parameter. */
    noisy: (deviation: number) => original.map((value) => value + deviation * draw.normal()),
    largestDifference: (a: Float32Array, b: Float32Array) =>
      Math.max(
        ...probes.map((probe) => {
          const expected = network(a, probe);
          return Math.max(...network(b, probe).map((value, i) => Math.abs(value - expected[i]!)));
        }),
      ),
  };
}
