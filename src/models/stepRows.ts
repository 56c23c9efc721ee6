import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Cuts [rows, 2n] into two [rows, n]. */
export function halves(x: Tensor): readonly [first: Tensor, second: Tensor] {
  const [first, second] = tf.split(x, 2, 1);
  return [first!, second!];
}

/** Cuts rows of all steps into those of each. */
export const perStep = (x: Tensor, steps: number): Tensor[] => tf.split(x, steps, 0);

/** Rows of all steps in one tensor. */
export const together = (pieces: readonly Tensor[]): Tensor => tf.concat([...pieces], 0);
