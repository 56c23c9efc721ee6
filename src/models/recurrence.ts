import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './customGradient.js';
import { recurrenceGradient } from './recurrenceGradient.js';
import {
  gruStep,
  LOG_VARIANCE_RANGE,
  RECURRENCE_WEIGHTS,
  type RecurrenceWeight,
  type RecurrenceWeights,
  type StepRecord,
} from './recurrenceStep.js';
import { halves, perStep, together } from './stepRows.js';

/** Everything about the recurrence that does not depend on the state, computed for all steps at once. */
export interface RecurrenceInputs {
  /** Share of the posterior's hidden layer from latent and condition, before the state's is added. [T·B, units] */
  readonly posterior: Tensor;
  /** Share of the reset and update gates, r before u. [T·B, 2h] */
  readonly gates: Tensor;
  /** Share of the candidate state. [T·B, h] */
  readonly candidate: Tensor;
  /** State before the first step. [B, h] */
  readonly start: Tensor;
  /** Standard normals. [T·B, q] */
  readonly noise: Tensor;
}

/** What the loop hands to the terms that are computed once for all steps. */
export interface RecurrenceOutputs {
  /** State before each step. [T·B, h] */
  readonly states: Tensor;
  /** Posterior mean and unclamped log variance side by side. [T·B, 2q] */
  readonly posterior: Tensor;
  /** Features φ_z of the drawn code. [T·B, features] */
  readonly codes: Tensor;
}

/**
 * The loop of the temporal conditional VAE over time: posterior, draw of the code by reparameterisation, GRU. The
 * gradient is back-propagation through time written out, so that every weight's gradient is one matrix product over
 * all steps instead of a sum of small ones.
 */
export function recurrence(
  steps: number,
  inputs: RecurrenceInputs,
  weights: RecurrenceWeights,
): RecurrenceOutputs {
  const rows = inputs.start.shape[0];
  const stateSize = inputs.start.shape[1]!;
  const posteriorSize = weights.posteriorOut.shape[1]!;
  const codeSize = weights.code.shape[1]!;
  const sizes = [stateSize, posteriorSize, codeSize].map((size) => steps * rows * size);
  const packed = withGradient(
    [
      inputs.posterior,
      inputs.gates,
      inputs.candidate,
      inputs.start,
      ...RECURRENCE_WEIGHTS.map((name) => weights[name]),
    ],
    () => {
      const records = forward(steps, inputs, weights);
      const value = tf.concat(
        (['state', 'posterior', 'code'] as const).map((field) =>
          tf.reshape(together(records.map((record) => record[field])), [-1]),
        ),
      );
      const saved = [
        inputs.noise,
        ...RECURRENCE_WEIGHTS.map((name) => weights[name]),
        ...records.flatMap(packRecord),
      ];
      return { value, saved };
    },
    (dy, saved) => {
      const kept = Object.fromEntries(RECURRENCE_WEIGHTS.map((name, i) => [name, saved[i + 1]!])) as Record<
        RecurrenceWeight,
        Tensor
      >;
      const records = unpackRecords(steps, saved.slice(1 + RECURRENCE_WEIGHTS.length));
      const [states, posterior, codes] = tf.split(dy, sizes);
      return recurrenceGradient(records, saved[0]!, kept, {
        states: perStep(tf.reshape(states!, [steps * rows, stateSize]), steps),
        posterior: perStep(tf.reshape(posterior!, [steps * rows, posteriorSize]), steps),
        codes: perStep(tf.reshape(codes!, [steps * rows, codeSize]), steps),
      });
    },
  );
  const [states, posterior, codes] = tf.split(packed, sizes);
  return {
    states: tf.reshape(states!, [steps * rows, stateSize]),
    posterior: tf.reshape(posterior!, [steps * rows, posteriorSize]),
    codes: tf.reshape(codes!, [steps * rows, codeSize]),
  };
}

function forward(steps: number, inputs: RecurrenceInputs, weights: RecurrenceWeights): StepRecord[] {
  const posteriorShares = perStep(inputs.posterior, steps);
  const gateShares = perStep(inputs.gates, steps);
  const candidateShares = perStep(inputs.candidate, steps);
  const noise = perStep(inputs.noise, steps);
  const [low, high] = LOG_VARIANCE_RANGE;
  const records: StepRecord[] = [];
  let state = inputs.start;
  for (let t = 0; t < steps; t++) {
    const hidden = tf.relu(tf.add(tf.matMul(state, weights.posteriorState), posteriorShares[t]!));
    const posterior = tf.add(tf.matMul(hidden, weights.posteriorOut), weights.posteriorOutBias);
    const [mean, logVariance] = halves(posterior);
    const deviation = tf.exp(tf.mul(0.5, tf.clipByValue(logVariance, low, high)));
    const drawn = tf.add(mean, tf.mul(deviation, noise[t]!));
    const code = tf.relu(tf.add(tf.matMul(drawn, weights.code), weights.codeBias));
    const record = { state, hidden, posterior, drawn, code };
    if (t === steps - 1) {
      records.push(record);
      break;
    }
    const { next, ...gru } = gruStep(
      state,
      code,
      { gates: gateShares[t]!, candidate: candidateShares[t]! },
      weights,
    );
    records.push({ ...record, gru });
    state = next;
  }
  return records;
}

const packRecord = ({ state, hidden, posterior, drawn, code, gru }: StepRecord): Tensor[] => [
  state,
  hidden,
  posterior,
  drawn,
  code,
  ...(gru === undefined ? [] : [gru.reset, gru.update, gru.fromState, gru.candidate, gru.gap]),
];

function unpackRecords(steps: number, saved: readonly Tensor[]): StepRecord[] {
  const fields = 10;
  return Array.from({ length: steps }, (_, t) => {
    const [state, hidden, posterior, drawn, code, reset, update, fromState, candidate, gap] = saved.slice(
      t * fields,
      (t + 1) * fields,
    );
    const record = { state: state!, hidden: hidden!, posterior: posterior!, drawn: drawn!, code: code! };
    return t === steps - 1
      ? record
      : {
          ...record,
          gru: {
            reset: reset!,
            update: update!,
            fromState: fromState!,
            candidate: candidate!,
            gap: gap!,
          },
        };
  });
}
