import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { parameter } from './layers.js';

/** Taps of the kernels that halve and double a sequence. */
const DOWN_TAPS = 5;
const UP_TAPS = 6;

/** Weight `<name>_w` [5·width, width], tap by tap, started as torch.nn.Conv1d starts it; no bias. */
export const halvingSpecs = (name: string, width: number): readonly ParameterSpec[] => [
  {
    name: `${name}_w`,
    shape: [DOWN_TAPS * width, width],
    initial: { fanIn: DOWN_TAPS * width },
  },
];

/**
 * Convolution of stride 2, kernel 5 and padding 2 as one matrix product over windows, which every engine can run and
 * differentiate: y_t = Σ_k x_{2t+k−2}·W_k.
 * @param x [rows, length, width], the length even
 * @returns [rows · length/2, width]
 */
export function halved(parameters: Tensors, name: string, x: Tensor): Tensor {
  const [rows, length, width] = x.shape as [number, number, number];
  const half = length / 2;
  const padded = tf.pad(x, [
    [0, 0],
    [2, 2],
    [0, 0],
  ]);
  const pairs = tf.reshape(padded, [rows, half + 2, 2 * width]);
  const windows = tf.concat(
    [
      tf.slice(pairs, [0, 0, 0], [rows, half, 2 * width]),
      tf.slice(pairs, [0, 1, 0], [rows, half, 2 * width]),
      tf.slice(pairs, [0, 2, 0], [rows, half, width]),
    ],
    2,
  );
  return tf.matMul(tf.reshape(windows, [rows * half, DOWN_TAPS * width]), parameter(parameters, `${name}_w`));
}

/**
 * Weight `<name>_w` [3·width, 2·width], started as torch.nn.ConvTranspose1d starts its six taps; no bias. Rows belong to the
 * input before, at and after the place, columns to the even and the odd output: taps (4, 5), (2, 3) and (0, 1).
 */
export const doublingSpecs = (name: string, width: number): readonly ParameterSpec[] => [
  { name: `${name}_w`, shape: [3 * width, 2 * width], initial: { fanIn: UP_TAPS * width } },
];

/**
 * Transposed convolution of stride 2, kernel 6 and padding 2 as one matrix product: y_o = Σ_i x_i·W_{o−2i+2}.
 * @param x [rows, length, width]
 * @returns [rows · 2·length, width]
 */
export function doubled(parameters: Tensors, name: string, x: Tensor): Tensor {
  const [rows, length, width] = x.shape as [number, number, number];
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]);
  const windows = tf.concat(
    [0, 1, 2].map((shift) => tf.slice(padded, [0, shift, 0], [rows, length, width])),
    2,
  );
  const both = tf.matMul(tf.reshape(windows, [rows * length, 3 * width]), parameter(parameters, `${name}_w`));
  return tf.reshape(both, [rows * 2 * length, width]);
}
