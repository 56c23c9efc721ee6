import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/contract.js';
import { sequenceLength, type EventTransformerOptions } from './eventTransformerOptions.js';
import { parameter } from './layers.js';

/** Sines and cosines of positions (Vaswani et al. 2017), [length, width]. */
function sinusoids(length: number, width: number): Float32Array {
  const table = new Float32Array(length * width);
  for (let position = 0; position < length; position++) {
    for (let i = 0; i < width; i++) {
      const angle = position / 10_000 ** ((i - (i % 2)) / width);
      table[position * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}

/** Vectors of all positions [length, width]. */
export function positionTable(options: EventTransformerOptions, parameters: Tensors): Tensor {
  if (options.positions === 'learned') return parameter(parameters, 'position');
  if (options.positions === 'by-event') {
    const { maxEvents, width } = options;
    const events = tf.reshape(parameter(parameters, 'event_position'), [maxEvents, 1, width]);
    return tf.reshape(tf.add(events, parameter(parameters, 'slot_position')), [-1, width]);
  }
  const shape: [number, number] = [sequenceLength(options), options.width];
  return tf.tensor(sinusoids(...shape), shape, 'float32');
}

/** Factor on the embedded tokens: √width where positions are sinusoidal. */
export const tokenScale = ({ positions, width }: EventTransformerOptions): number =>
  positions === 'sinusoidal' ? Math.sqrt(width) : 1;
