import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The value of an operation and what its gradient needs to be kept from computing it. */
export interface Forward {
  readonly value: Tensor;
  readonly saved: readonly Tensor[];
}

/**
 * An operation with a hand-derived gradient.
 * @param forward computes the value from the inputs
 * @param backward gradients of all inputs, in their order, from the value's gradient and what `forward` saved
 */
export function withGradient(
  inputs: readonly Tensor[],
  forward: () => Forward,
  backward: (gradient: Tensor, saved: readonly Tensor[]) => readonly Tensor[],
): Tensor {
  return tf.customGrad((...given: (Tensor | tf.GradSaveFunc)[]) => {
    const { value, saved } = forward();
    const save = given.at(-1);
    if (typeof save === 'function') save([...saved]);
    return { value, gradFunc: (gradient: Tensor, kept: Tensor[]) => [...backward(gradient, kept)] };
  })(...inputs);
}
