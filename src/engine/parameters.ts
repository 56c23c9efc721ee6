import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout, ParameterSpec, Tensors } from './contract.js';
import type { Random } from './random.js';

/** Lays named tensors out one after the other in one flat vector, in the order given. */
export function layoutOf(specs: readonly ParameterSpec[]): ParameterLayout {
  const seen = new Set<string>();
  let size = 0;
  const placed = specs.map((spec) => {
    if (seen.has(spec.name)) throw new Error(`two parameters are named ${spec.name}`);
    seen.add(spec.name);
    const entry = {
      ...spec,
      offset: size,
      size: spec.shape.reduce((product, extent) => product * extent, 1),
    };
    size += entry.size;
    return entry;
  });
  return { specs: placed, size };
}

/** Start values for every tensor of a layout, drawn in the layout's order. */
export function initialParameters(layout: ParameterLayout, random: Random): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { offset, size, initial } of layout.specs) {
    if (initial === 'zeros') continue;
    if (initial === 'ones') {
      flat.fill(1, offset, offset + size);
      continue;
    }
    const bound = 1 / Math.sqrt(initial.fanIn);
    for (let i = offset; i < offset + size; i++) flat[i] = (2 * random.uniform() - 1) * bound;
  }
  return flat;
}

/** The named tensors inside a flat vector, for use in a step. */
export function namedTensors(layout: ParameterLayout, flat: Tensor): Tensors {
  const pieces = tf.split(
    tf.reshape(flat, [layout.size]),
    layout.specs.map((spec) => spec.size),
  );
  return Object.fromEntries(
    layout.specs.map((spec, i) => [spec.name, tf.reshape(pieces[i]!, [...spec.shape])]),
  );
}

/** The named arrays inside a flat vector: views, not copies. */
export function namedArrays(layout: ParameterLayout, flat: Float32Array): Record<string, Float32Array> {
  if (flat.length !== layout.size) {
    throw new Error(`expected a flat vector of ${layout.size} parameters, found ${flat.length}`);
  }
  return Object.fromEntries(
    layout.specs.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]),
  );
}
