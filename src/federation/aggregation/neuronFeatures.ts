import type { PlacedLayer } from './denseChain.js';

/** What tells two neurons of a layer apart. */
export interface FeatureOptions {
  /**
   * Also compare the outgoing weights of a neuron, not only the incoming ones and its bias. While the neurons of the next
   * layer have no common order yet, outgoing weights are compared in ascending order.
   */
  readonly twoSided: boolean;
  /** Compare directions: features of every neuron are scaled to length 1 first. */
  readonly cosine: boolean;
}

/** One row per neuron of the layer: [incoming weights | bias | outgoing weights if two-sided], length 1 if cosine. */
export function neuronFeatures(
  parameters: Float32Array,
  layer: PlacedLayer,
  next: PlacedLayer,
  nextIsOrdered: boolean,
  options: FeatureOptions,
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
export function squaredDistances(a: Float64Array, b: Float64Array, count: number): Float64Array {
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
