import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { withGradient } from './customGradient.js';
import { parameter } from './layers.js';

/** As torch.nn.LayerNorm. */
const EPSILON = 1e-5;

/** Gain `<name>_g` and shift `<name>_s` [width]. */
export const layerNormSpecs = (name: string, width: number): readonly ParameterSpec[] => [
  { name: `${name}_g`, shape: [width], initial: 'ones' },
  { name: `${name}_s`, shape: [width], initial: 'zeros' },
];

/**
 * (x − mean)/√(variance + 1e-5) over the last axis, without gain and shift.
 * @param x [rows, width]
 * @param centred the caller promises that every row of the gradient sums to 0, as it does where only centred weights
 *   (`linearAfterNorm`) read the result; two passes over the rows are saved
 */
export function normalised(x: Tensor, centred = false): Tensor {
  return withGradient(
    [x],
    () => {
      const difference = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(difference), -1, true);
      const scale = tf.rsqrt(tf.add(variance, EPSILON));
      const value = tf.mul(difference, scale);
      return { value, saved: [value, scale] };
    },
    (dy, [value, scale]) => {
      const along = tf.mul(value!, tf.mean(tf.mul(dy, value!), -1, true));
      const outer = centred ? dy : tf.sub(dy, tf.mean(dy, -1, true));
      return [tf.mul(tf.sub(outer, along), scale!)];
    },
  );
}

/** Layer normalisation (Ba et al. 2016) of x [rows, width]. */
export const layerNorm = (parameters: Tensors, name: string, x: Tensor): Tensor =>
  tf.add(tf.mul(normalised(x), parameter(parameters, `${name}_g`)), parameter(parameters, `${name}_s`));

/** A weight with its bias that reads normalised rows. */
export interface AfterNorm {
  /** [width, outputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor;
}

/**
 * Takes gain and shift of a layer normalisation into the weights that read it: (g∘x + s)·W + b = x·(g∘W) + (s·W + b).
 * The weight's columns are centred besides: normalised rows sum to 0, so the product stays the same, and the gradient of
 * the rows sums to 0 by itself.
 */
export function afterNorm(parameters: Tensors, name: string, weight: Tensor, bias: Tensor): AfterNorm {
  const gained = tf.mul(weight, tf.reshape(parameter(parameters, `${name}_g`), [-1, 1]));
  const shift = tf.matMul(tf.reshape(parameter(parameters, `${name}_s`), [1, -1]), weight);
  return {
    weight: tf.sub(gained, tf.mean(gained, 0, true)),
    bias: tf.add(tf.reshape(shift, [-1]), bias),
  };
}
