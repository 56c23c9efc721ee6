import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { parameter } from './layers.js';

/** As torch.nn.BatchNorm1d. */
const EPSILON = 1e-5;

/** Mean and variance of every column. */
export interface ColumnStatistics {
  /** [width] */
  readonly mean: Tensor;
  /** [width] */
  readonly variance: Tensor;
}

/** Gain `<name>_g` and shift `<name>_s` [width]. */
export const batchNormSpecs = (name: string, width: number): readonly ParameterSpec[] => [
  { name: `${name}_g`, shape: [width], initial: 'ones' },
  { name: `${name}_s`, shape: [width], initial: 'zeros' },
];

/** Batch normalisation (Ioffe & Szegedy 2015) of x [rows, width] with given statistics. */
export function withStatistics(
  parameters: Tensors,
  name: string,
  x: Tensor,
  { mean, variance }: ColumnStatistics,
): Tensor {
  const scale = tf.mul(parameter(parameters, `${name}_g`), tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), parameter(parameters, `${name}_s`));
}

/**
 * Batch normalisation with the batch's own statistics, and those for the running ones: mean and unbiased variance.
 * A row of weight n counts like n equal rows.
 * @param x [rows, width]
 * @param weight [rows], at least 0
 */
export function withOwnStatistics(
  parameters: Tensors,
  name: string,
  x: Tensor,
  weight: Tensor,
): { readonly value: Tensor; readonly statistics: ColumnStatistics } {
  const total = tf.sum(weight);
  const share = tf.reshape(tf.div(weight, tf.maximum(total, 1e-12)), [1, -1]);
  const mean = tf.reshape(tf.matMul(share, x), [-1]);
  const variance = tf.reshape(tf.matMul(share, tf.square(tf.sub(x, mean))), [-1]);
  const unbiased = tf.mul(variance, tf.div(total, tf.maximum(tf.sub(total, 1), 1e-12)));
  return {
    value: withStatistics(parameters, name, x, { mean, variance }),
    statistics: { mean, variance: unbiased },
  };
}
