import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { halves } from './stepRows.js';

/** Values of one GRU step that its gradient needs. */
export interface GruRecord {
  readonly reset: Tensor;
  readonly update: Tensor;
  readonly fromState: Tensor;
  readonly candidate: Tensor;
  /** State minus candidate. */
  readonly gap: Tensor;
}

/**
 * Reset and update gates, candidate and next state of a GRU (Cho et al. 2014, as torch.nn.GRUCell computes it).
 *
 * @param gates what enters both gates, r before u. [B, 2h]
 * @param fromState the state's share of the candidate, W_hn·h + b_hn
 * @param candidateOf what enters the candidate, from the reset share of the state
 */
export function gruNext(
  state: Tensor,
  gates: Tensor,
  fromState: Tensor,
  candidateOf: (resetState: Tensor) => Tensor,
): GruRecord & { readonly next: Tensor } {
  const [reset, update] = halves(tf.sigmoid(gates));
  const candidate = tf.tanh(candidateOf(tf.mul(reset, fromState)));
  const gap = tf.sub(state, candidate);
  return { reset, update, fromState, candidate, gap, next: tf.add(candidate, tf.mul(update, gap)) };
}

/** Gradients before the activations of one GRU step. */
export interface GruGradient {
  /** Reset and update gates. [B, 2h] */
  readonly gates: Tensor;
  readonly candidate: Tensor;
  /** The state's share of the candidate, W_hn·h + b_hn. */
  readonly fromState: Tensor;
}

/** @param next gradient of the next state */
export function gruGradient(
  next: Tensor,
  { reset, update, fromState, candidate, gap }: GruRecord,
): GruGradient {
  const keep = tf.sub(1, update);
  const forCandidate = tf.mul(next, tf.mul(keep, tf.sub(1, tf.square(candidate))));
  const forUpdate = tf.mul(next, tf.mul(gap, tf.mul(update, keep)));
  const forState = tf.mul(forCandidate, reset);
  const forReset = tf.mul(forState, tf.mul(fromState, tf.sub(1, reset)));
  return {
    gates: tf.concat([forReset, forUpdate], 1),
    candidate: forCandidate,
    fromState: forState,
  };
}
