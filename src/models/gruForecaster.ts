import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { gru, gruShares, gruSpecs } from './gru.js';
import { linear, linearSpecs } from './layers.js';

/** Sizes of a GRU that says one number in [0, 1] after every step. */
export interface GruForecasterShape {
  /** Numbers read at a step. */
  readonly inputs: number;
  readonly hidden: number;
  readonly steps: number;
  /** Stays of a batch. */
  readonly batch: number;
}

/** Parameters of the recurrence and of the layer that reads its states. */
export function gruForecasterLayout({ inputs, hidden }: GruForecasterShape): ParameterLayout {
  return layoutOf([...gruSpecs('course', { x: inputs }, hidden), ...linearSpecs('value', hidden, 1)]);
}

/** Inputs of a batch by name, time first. */
export function gruForecasterInputs({ inputs, steps, batch }: GruForecasterShape): {
  readonly x: readonly number[];
} {
  return { x: [steps * batch, inputs] };
}

/** What is said after every step, from it and the steps before. [steps · batch, 1] */
export function gruForecasts(parameters: Tensors, batch: Tensors, shape: GruForecasterShape): Tensor {
  const shares = gruShares(parameters, 'course', { x: batch['x']! });
  const start = tf.zeros([shape.batch, shape.hidden]);
  return tf.sigmoid(
    linear(parameters, 'value', gru(parameters, 'course', shape.steps, { ...shares, start })),
  );
}

/**
 * Mean absolute error over the cells whose weight is 1.
 * Batch: `x` [steps · batch, inputs], `target` and `weight` [steps · batch, 1].
 */
export function gruForecasterTraining(shape: GruForecasterShape): TrainingDefinition {
  const cells = [shape.steps * shape.batch, 1];
  return {
    layout: gruForecasterLayout(shape),
    batch: { ...gruForecasterInputs(shape), target: cells, weight: cells },
    loss: (parameters, batch) => {
      const off = tf.abs(tf.sub(gruForecasts(parameters, batch, shape), batch['target']!));
      const weight = batch['weight']!;
      return { loss: tf.div(tf.sum(tf.mul(off, weight)), tf.sum(weight)) };
    },
  };
}
