import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { gru, gruShares, gruSpecs } from './gru.js';
import { bernoulliCrossEntropy, linear, linearSpecs } from './layers.js';

/** Sizes of a GRU that reads a whole course and says one probability. */
export interface GruClassifierShape {
  /** Numbers read at a step. */
  readonly inputs: number;
  readonly hidden: number;
  readonly steps: number;
  /** Stays of a batch. */
  readonly batch: number;
}

/** Parameters of the recurrence and of the layer that reads its last state. */
export function gruClassifierLayout({ inputs, hidden }: GruClassifierShape): ParameterLayout {
  return layoutOf([...gruSpecs('course', { x: inputs }, hidden), ...linearSpecs('outcome', hidden, 1)]);
}

/** Inputs of a batch by name, time first. */
export function gruClassifierInputs({ inputs, steps, batch }: GruClassifierShape): {
  readonly x: readonly number[];
  readonly last: readonly number[];
} {
  return { x: [steps * batch, inputs], last: [steps * batch, 1] };
}

/**
 * Log odds of the outcome [batch, 1], from the state after the last step of each stay.
 *
 * @param batch `x` [steps · batch, inputs] and `last` [steps · batch, 1], 1 at the last step of a stay and 0 elsewhere
 */
export function gruClassifierLogits(parameters: Tensors, batch: Tensors, shape: GruClassifierShape): Tensor {
  const { steps, hidden } = shape;
  const shares = gruShares(parameters, 'course', { x: batch['x']! });
  const states = gru(parameters, 'course', steps, { ...shares, start: tf.zeros([shape.batch, hidden]) });
  const atEnd = tf.sum(tf.reshape(tf.mul(states, batch['last']!), [steps, shape.batch, hidden]), 0);
  return linear(parameters, 'outcome', atEnd);
}

/**
 * Mean cross-entropy over the stays of a batch whose weight is 1.
 * Batch: `x` and `last`, `outcome` [batch, 1] and `rowWeight` [batch].
 */
export function gruClassifierTraining(shape: GruClassifierShape): TrainingDefinition {
  return {
    layout: gruClassifierLayout(shape),
    batch: { ...gruClassifierInputs(shape), outcome: [shape.batch, 1], rowWeight: [shape.batch] },
    adam: { clipNorm: 1 },
    loss: (parameters, batch) => {
      const logits = gruClassifierLogits(parameters, batch, shape);
      const cost = bernoulliCrossEntropy(logits, batch['outcome']!);
      const weight = batch['rowWeight']!;
      return { loss: tf.div(tf.sum(tf.mul(cost, weight)), tf.sum(weight)) };
    },
  };
}
