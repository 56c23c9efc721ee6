import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { gru, gruShares, gruSpecs } from './gru.js';
import { bernoulliCrossEntropy, linear, linearSpecs } from './layers.js';

/** Sizes of a GRU that says after every step which items come in the next one. */
export interface GruItemsShape {
  readonly items: number;
  readonly hidden: number;
  readonly steps: number;
  /** Stays of a batch. */
  readonly batch: number;
}

export function gruItemsLayout({ items, hidden }: GruItemsShape): ParameterLayout {
  return layoutOf([...gruSpecs('course', { x: items }, hidden), ...linearSpecs('next', hidden, items)]);
}

/** Inputs of a batch, time first. */
export function gruItemsInputs({ items, steps, batch }: GruItemsShape): { readonly x: readonly number[] } {
  return { x: [steps * batch, items] };
}

/** Logits of the items of the next step, from this one and those before. [steps · batch, items] */
export function gruItemLogits(parameters: Tensors, batch: Tensors, shape: GruItemsShape): Tensor {
  const shares = gruShares(parameters, 'course', { x: batch['x']! });
  const start = tf.zeros([shape.batch, shape.hidden]);
  return linear(parameters, 'next', gru(parameters, 'course', shape.steps, { ...shares, start }));
}

/** Batch of a model of the next items: `x` and `target` [steps · batch, items], `weight` [steps · batch], `itemWeight` [1, items]. */
export function nextItemsBatch(shape: GruItemsShape): TrainingDefinition['batch'] {
  const rows = shape.steps * shape.batch;
  return {
    ...gruItemsInputs(shape),
    target: [rows, shape.items],
    weight: [rows],
    itemWeight: [1, shape.items],
  };
}

/** Weighted Bernoulli cross-entropy: mean over items, then over the rows by their weight. Scalar. */
export function nextItemsLoss(logits: Tensor, batch: Tensors, { items }: GruItemsShape): Tensor {
  const off = bernoulliCrossEntropy(logits, batch['target']!, undefined, batch['itemWeight']);
  const weight = batch['weight']!;
  return tf.div(tf.sum(tf.mul(off, weight)), tf.mul(tf.sum(weight), items));
}

/** Trains on `nextItemsLoss`. */
export function gruItemsTraining(shape: GruItemsShape): TrainingDefinition {
  return {
    layout: gruItemsLayout(shape),
    batch: nextItemsBatch(shape),
    loss: (parameters, batch) => ({
      loss: nextItemsLoss(gruItemLogits(parameters, batch, shape), batch, shape),
    }),
  };
}
