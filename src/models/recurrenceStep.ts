import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gruNext, type GruRecord } from './gruCell.js';

/** Range to which log variances of prior and posterior are clamped. */
export const LOG_VARIANCE_RANGE = [-8, 4] as const;

/** Weights that are used inside the loop, all [inputs, outputs]. */
export interface RecurrenceWeights {
  readonly posteriorState: Tensor;
  readonly posteriorOut: Tensor;
  readonly posteriorOutBias: Tensor;
  readonly code: Tensor;
  readonly codeBias: Tensor;
  readonly gatesCode: Tensor;
  readonly gatesState: Tensor;
  readonly candidateCode: Tensor;
  readonly candidateState: Tensor;
  readonly candidateStateBias: Tensor;
}

/** The weights in the order of the gradient. */
export const RECURRENCE_WEIGHTS = [
  'posteriorState',
  'posteriorOut',
  'posteriorOutBias',
  'code',
  'codeBias',
  'gatesCode',
  'gatesState',
  'candidateCode',
  'candidateState',
  'candidateStateBias',
] as const;

export type RecurrenceWeight = (typeof RECURRENCE_WEIGHTS)[number];

/** Values of one step that its gradient needs. */
export interface StepRecord {
  readonly state: Tensor;
  readonly hidden: Tensor;
  /** Posterior mean and unclamped log variance. */
  readonly posterior: Tensor;
  readonly drawn: Tensor;
  readonly code: Tensor;
  /** Present for all steps but the last, whose next state nothing reads. */
  readonly gru?: GruRecord;
}

/** A GRU step that reads a code besides what was computed for all steps. */
export function gruStep(
  state: Tensor,
  code: Tensor,
  shares: { readonly gates: Tensor; readonly candidate: Tensor },
  weights: RecurrenceWeights,
): GruRecord & { readonly next: Tensor } {
  return gruNext(
    state,
    tf.add(tf.matMul(state, weights.gatesState), tf.add(tf.matMul(code, weights.gatesCode), shares.gates)),
    tf.add(tf.matMul(state, weights.candidateState), weights.candidateStateBias),
    (resetState) => tf.add(tf.matMul(code, weights.candidateCode), tf.add(shares.candidate, resetState)),
  );
}
