import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { gruItemsInputs, nextItemsBatch, nextItemsLoss, type GruItemsShape } from './gruItems.js';
import { linear, linearSpecs } from './layers.js';
import { lstm, lstmSpecs } from './lstm.js';

/** The sizes are those of the GRU in its place. */
export type LstmItemsShape = GruItemsShape;

export function lstmItemsLayout({ items, hidden }: LstmItemsShape): ParameterLayout {
  return layoutOf([...lstmSpecs('course', items, hidden), ...linearSpecs('next', hidden, items)]);
}

/** Inputs of a batch, time first. */
export const lstmItemsInputs = gruItemsInputs;

/** Logits of the items of the next step, from this one and those before. [steps · batch, items] */
export const lstmItemLogits = (parameters: Tensors, batch: Tensors, { steps }: LstmItemsShape): Tensor =>
  linear(parameters, 'next', lstm(parameters, 'course', steps, batch['x']!));

/** Weighted Bernoulli cross-entropy as of the GRU: the same batch and the same loss. */
export function lstmItemsTraining(shape: LstmItemsShape): TrainingDefinition {
  return {
    layout: lstmItemsLayout(shape),
    batch: nextItemsBatch(shape),
    loss: (parameters, batch) => ({
      loss: nextItemsLoss(lstmItemLogits(parameters, batch, shape), batch, shape),
    }),
  };
}
