import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './customGradient.js';

/** Range to which log variances of prior and posterior are clamped. */
export const LOG_VARIANCE_RANGE = [-8, 4] as const;

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

/** What the loop hands to the terms that are computed once for all steps. */
export interface RecurrenceOutputs {
  /** State before each step. [T·B, h] */
  readonly states: Tensor;
  /** Posterior mean and unclamped log variance side by side. [T·B, 2q] */
  readonly posterior: Tensor;
  /** Features φ_z of the drawn code. [T·B, features] */
  readonly codes: Tensor;
}

const WEIGHTS = [
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

/** Values of one step that its gradient needs. */
interface StepRecord {
  readonly state: Tensor;
  readonly hidden: Tensor;
  /** Posterior mean and unclamped log variance. */
  readonly posterior: Tensor;
  readonly drawn: Tensor;
  readonly code: Tensor;
  /** Present for all steps but the last, whose next state nothing reads. */
  readonly gru?: GruRecord;
}

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

/** Cuts [rows, 2n] into two [rows, n]. */
export function halves(x: Tensor): readonly [first: Tensor, second: Tensor] {
  const [first, second] = tf.split(x, 2, 1);
  return [first!, second!];
}

/** Cuts rows of all steps into those of each. */
export const perStep = (x: Tensor, steps: number): Tensor[] => tf.split(x, steps, 0);

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
    [inputs.posterior, inputs.gates, inputs.candidate, inputs.start, ...WEIGHTS.map((name) => weights[name])],
    () => {
      const records = forward(steps, inputs, weights);
      const value = tf.concat(
        (['state', 'posterior', 'code'] as const).map((field) =>
          tf.reshape(together(records.map((record) => record[field])), [-1]),
        ),
      );
      const saved = [inputs.noise, ...WEIGHTS.map((name) => weights[name]), ...records.flatMap(packRecord)];
      return { value, saved };
    },
    (dy, saved) => {
      const kept = Object.fromEntries(WEIGHTS.map((name, i) => [name, saved[i + 1]!])) as Record<
        (typeof WEIGHTS)[number],
        Tensor
      >;
      const records = unpackRecords(steps, saved.slice(1 + WEIGHTS.length));
      const [states, posterior, codes] = tf.split(dy, sizes);
      return backward(records, saved[0]!, kept, {
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

/** Rows of all steps in one tensor. */
export const together = (pieces: readonly Tensor[]): Tensor => tf.concat([...pieces], 0);

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

function backward(
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
  const byName: Record<(typeof WEIGHTS)[number], Tensor> = {
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
  return [hiddenAll, gates, candidates, next!, ...WEIGHTS.map((name) => byName[name])];
}
