import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gruGradient, type GruGradient } from './gruCell.js';
import {
  LOG_VARIANCE_RANGE,
  RECURRENCE_WEIGHTS,
  type RecurrenceWeight,
  type RecurrenceWeights,
  type StepRecord,
} from './recurrenceStep.js';
import { halves, perStep, together } from './stepRows.js';

/**
 * Factors by which the gradient of the drawn code enters mean and log variance, side by side: 1 and
 * ½·σ·ε where the log variance is inside its range. [T·B, 2q]
 */
function drawSlopes(posterior: Tensor, noise: Tensor): Tensor {
  const [low, high] = LOG_VARIANCE_RANGE;
  const [, logVariance] = halves(posterior);
  const clamped = tf.clipByValue(logVariance, low, high);
  const inRange = tf.cast(tf.equal(clamped, logVariance), 'float32');
  const slope = tf.mul(tf.mul(0.5, inRange), tf.mul(tf.exp(tf.mul(0.5, clamped)), noise));
  return tf.concat([tf.onesLike(slope), slope], 1);
}

/**
 * Back-propagation through time: every weight's gradient is one product over all steps.
 *
 * @param outer gradients of what the loop hands out, step by step
 * @returns gradients of the posterior's, gates' and candidate's shares, of the start, then of the weights in their order
 */
export function recurrenceGradient(
  records: readonly StepRecord[],
  noise: Tensor,
  weights: RecurrenceWeights,
  outer: { readonly states: Tensor[]; readonly posterior: Tensor[]; readonly codes: Tensor[] },
): Tensor[] {
  const steps = records.length;
  const all = (field: 'state' | 'hidden' | 'posterior' | 'drawn' | 'code'): Tensor =>
    together(records.map((record) => record[field]));
  const [states, hidden, codes] = [all('state'), all('hidden'), all('code')];
  // Derivatives that do not depend on later steps, for all steps at once.
  const slopes = perStep(drawSlopes(all('posterior'), noise), steps);
  const hiddenActive = perStep(tf.step(hidden), steps);
  const codeActive = perStep(tf.step(codes), steps);
  // The code feeds mean and log variance alike.
  const codeTwice = tf.concat([weights.code, weights.code], 0);

  const gru: GruGradient[] = [];
  const forHidden: Tensor[] = [];
  const forPosterior: Tensor[] = [];
  const forDrawn: Tensor[] = [];
  let next: Tensor | undefined;
  for (let t = steps - 1; t >= 0; t--) {
    const record = records[t]!;
    let forState = outer.states[t]!;
    let forCode = outer.codes[t]!;
    if (record.gru !== undefined && next !== undefined) {
      const gradient = gruGradient(next, record.gru);
      gru[t] = gradient;
      forCode = tf.add(
        tf.matMul(gradient.candidate, weights.candidateCode, false, true),
        tf.add(tf.matMul(gradient.gates, weights.gatesCode, false, true), forCode),
      );
      forState = tf.add(forState, tf.mul(next, record.gru.update));
      forState = tf.add(tf.matMul(gradient.gates, weights.gatesState, false, true), forState);
      forState = tf.add(tf.matMul(gradient.fromState, weights.candidateState, false, true), forState);
    }
    const beforeCode = tf.mul(forCode, codeActive[t]!);
    const posterior = tf.add(
      tf.mul(tf.matMul(beforeCode, codeTwice, false, true), slopes[t]!),
      outer.posterior[t]!,
    );
    const beforeHidden = tf.mul(tf.matMul(posterior, weights.posteriorOut, false, true), hiddenActive[t]!);
    forDrawn[t] = beforeCode;
    forPosterior[t] = posterior;
    forHidden[t] = beforeHidden;
    next = tf.add(tf.matMul(beforeHidden, weights.posteriorState, false, true), forState);
  }

  const product = (x: Tensor, gradient: Tensor): Tensor => tf.matMul(x, gradient, true, false);
  const columns = (gradient: Tensor): Tensor => tf.sum(gradient, 0);
  const hiddenAll = together(forHidden);
  const posteriorAll = together(forPosterior);
  const drawnAll = together(forDrawn);
  // The last step has no next state: its rows of the GRU's gradients are zero.
  const last = (width: number): Tensor => tf.zeros([states.shape[0] / steps, width]);
  const stateSize = states.shape[1]!;
  const gates = together([...gru.map((gradient) => gradient.gates), last(2 * stateSize)]);
  const candidates = together([...gru.map((gradient) => gradient.candidate), last(stateSize)]);
  const fromStates = together([...gru.map((gradient) => gradient.fromState), last(stateSize)]);
  const byName: Record<RecurrenceWeight, Tensor> = {
    posteriorState: product(states, hiddenAll),
    posteriorOut: product(hidden, posteriorAll),
    posteriorOutBias: columns(posteriorAll),
    code: product(all('drawn'), drawnAll),
    codeBias: columns(drawnAll),
    gatesCode: product(codes, gates),
    gatesState: product(states, gates),
    candidateCode: product(codes, candidates),
    candidateState: product(states, fromStates),
    candidateStateBias: columns(fromStates),
  };
  return [hiddenAll, gates, candidates, next!, ...RECURRENCE_WEIGHTS.map((name) => byName[name])];
}
