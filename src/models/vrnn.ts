import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec, Tensors } from '../engine/contract.js';
import { gaussianDivergence, hiddenLayer, linear, linearSpecs, parameter } from './layers.js';
import { recurrence, type RecurrenceInputs } from './recurrence.js';
import { LOG_VARIANCE_RANGE, type RecurrenceWeights } from './recurrenceStep.js';
import { halves } from './stepRows.js';

/** Sizes of the conditional VRNN (Chung et al. 2015) without its decoder. */
export interface VrnnOptions {
  /** Steps T of a sequence. */
  readonly steps: number;
  /** Extent of the condition vector (statics and label). */
  readonly conditions: number;
  /** Extent of what is read at every step. */
  readonly latents: number;
  /** Extent q of the code z. */
  readonly codes: number;
  /** Units of the GRU state. */
  readonly hidden: number;
  /** Features φ_a of what is read, φ_z of a code, φ_c of the condition. */
  readonly latentFeatures: number;
  readonly codeFeatures: number;
  readonly conditionFeatures: number;
  /** Units of the hidden layers of prior and posterior. */
  readonly mlpUnits: number;
}

/** Weights [inputs, outputs] of a layer that reads several tensors, and one bias, as one torch.nn.Linear over all. */
export function jointSpecs(
  name: string,
  parts: Readonly<Record<string, number>>,
  outputs: number,
): ParameterSpec[] {
  const fanIn = Object.values(parts).reduce((sum, extent) => sum + extent, 0);
  return [
    ...Object.entries(parts).map(([part, extent]): ParameterSpec => ({
      name: `${name}_${part}_w`,
      shape: [extent, outputs],
      initial: { fanIn },
    })),
    { name: `${name}_b`, shape: [outputs], initial: { fanIn } },
  ];
}

/** Parameters in their order, the decoder's in the middle. */
export function vrnnSpecs(options: VrnnOptions, decoder: readonly ParameterSpec[]): ParameterSpec[] {
  const { hidden, latents, codes, latentFeatures, codeFeatures, conditionFeatures, mlpUnits } = options;
  const gru = (name: string, inputs: number, outputs: number): ParameterSpec => ({
    name,
    shape: [inputs, outputs],
    initial: { fanIn: hidden },
  });
  const gruBias = (name: string, outputs: number): ParameterSpec => ({
    name,
    shape: [outputs],
    initial: { fanIn: hidden },
  });
  return [
    ...linearSpecs('condition', options.conditions, conditionFeatures),
    ...linearSpecs('start', conditionFeatures, hidden),
    ...linearSpecs('latent', latents, latentFeatures),
    ...linearSpecs('code', codes, codeFeatures),
    ...jointSpecs('prior1', { state: hidden, condition: conditionFeatures }, mlpUnits),
    ...linearSpecs('prior2', mlpUnits, 2 * codes),
    ...jointSpecs(
      'posterior1',
      { latent: latentFeatures, state: hidden, condition: conditionFeatures },
      mlpUnits,
    ),
    ...linearSpecs('posterior2', mlpUnits, 2 * codes),
    ...decoder,
    gru('gates_latent_w', latentFeatures, 2 * hidden),
    gru('gates_code_w', codeFeatures, 2 * hidden),
    gru('gates_condition_w', conditionFeatures, 2 * hidden),
    gru('gates_state_w', hidden, 2 * hidden),
    gruBias('gates_input_b', 2 * hidden),
    gruBias('gates_state_b', 2 * hidden),
    gru('candidate_latent_w', latentFeatures, hidden),
    gru('candidate_code_w', codeFeatures, hidden),
    gru('candidate_condition_w', conditionFeatures, hidden),
    gru('candidate_state_w', hidden, hidden),
    gruBias('candidate_input_b', hidden),
    gruBias('candidate_state_b', hidden),
  ];
}

/** Weights of the loop by the names that `recurrence` gives them. */
export const recurrenceWeights = (parameters: Tensors): RecurrenceWeights => {
  const p = (name: string): Tensor => parameter(parameters, name);
  return {
    posteriorState: p('posterior1_state_w'),
    posteriorOut: p('posterior2_w'),
    posteriorOutBias: p('posterior2_b'),
    code: p('code_w'),
    codeBias: p('code_b'),
    gatesCode: p('gates_code_w'),
    gatesState: p('gates_state_w'),
    candidateCode: p('candidate_code_w'),
    candidateState: p('candidate_state_w'),
    candidateStateBias: p('candidate_state_b'),
  };
};

/** Features φ_c of the condition and the state before the first step. */
export function beginning(
  parameters: Tensors,
  condition: Tensor,
): { readonly features: Tensor; readonly start: Tensor } {
  const features = hiddenLayer(parameters, 'condition', condition);
  return { features, start: tf.tanh(linear(parameters, 'start', features)) };
}

/** Share of the condition in each layer that reads it, biases included. [B, outputs] */
export function conditionShares(
  parameters: Tensors,
  features: Tensor,
): Readonly<Record<'prior' | 'posterior' | 'decoder' | 'gates' | 'candidate', Tensor>> {
  const p = (name: string): Tensor => parameter(parameters, name);
  const share = (layer: string, bias: Tensor): Tensor =>
    tf.add(tf.matMul(features, p(`${layer}_condition_w`)), bias);
  return {
    prior: share('prior1', p('prior1_b')),
    posterior: share('posterior1', p('posterior1_b')),
    decoder: share('decoder1', p('decoder1_b')),
    gates: share('gates', tf.add(p('gates_input_b'), p('gates_state_b'))),
    candidate: share('candidate', p('candidate_input_b')),
  };
}

/** Adds a [B, n] share to every step of [T·B, n]. */
export const toEveryStep = (x: Tensor, share: Tensor): Tensor => {
  const [rows, width] = [share.shape[0], share.shape[1]!];
  return tf.reshape(tf.add(tf.reshape(x, [-1, rows * width]), tf.reshape(share, [1, rows * width])), [
    -1,
    width,
  ]);
};

/** Everything but the decoder of every step, rows [T·B]. */
export interface VrnnBody {
  /** State before each step. [T·B, h] */
  readonly states: Tensor;
  /** Features φ_z of the drawn code. [T·B, features] */
  readonly codes: Tensor;
  /** Features φ_a of what was read. [T·B, features] */
  readonly latentFeatures: Tensor;
  /** The condition's share of the decoder's hidden layer. [B, units] */
  readonly decoderShare: Tensor;
  /** KL of posterior and prior. [T·B] */
  readonly divergence: Tensor;
  readonly posteriorMean: Tensor;
}

/**
 * The VRNN on sequences, everything outside the recurrence once for all steps.
 * @param latent what is read, [T·B, latents]
 * @param noise standard normals [T·B, codes]
 */
export function vrnnBody(
  options: VrnnOptions,
  parameters: Tensors,
  latent: Tensor,
  condition: Tensor,
  noise: Tensor,
): VrnnBody {
  const p = (name: string): Tensor => parameter(parameters, name);
  const { features, start } = beginning(parameters, condition);
  const shares = conditionShares(parameters, features);
  const latentFeatures = hiddenLayer(parameters, 'latent', latent);
  const inputs: RecurrenceInputs = {
    posterior: toEveryStep(tf.matMul(latentFeatures, p('posterior1_latent_w')), shares.posterior),
    gates: toEveryStep(tf.matMul(latentFeatures, p('gates_latent_w')), shares.gates),
    candidate: toEveryStep(tf.matMul(latentFeatures, p('candidate_latent_w')), shares.candidate),
    start,
    noise,
  };
  const outputs = recurrence(options.steps, inputs, recurrenceWeights(parameters));
  const [low, high] = LOG_VARIANCE_RANGE;
  const priorHidden = tf.relu(toEveryStep(tf.matMul(outputs.states, p('prior1_state_w')), shares.prior));
  const [priorMean, priorLogVariance] = halves(linear(parameters, 'prior2', priorHidden));
  const [posteriorMean, posteriorLogVariance] = halves(outputs.posterior);
  return {
    states: outputs.states,
    codes: outputs.codes,
    latentFeatures,
    decoderShare: shares.decoder,
    divergence: gaussianDivergence(
      posteriorMean,
      tf.clipByValue(posteriorLogVariance, low, high),
      priorMean,
      tf.clipByValue(priorLogVariance, low, high),
    ),
    posteriorMean,
  };
}

/** The rows [T·B, n] one step earlier; zeros before the first. */
export function previousStep(x: Tensor, steps: number): Tensor {
  const rows = x.shape[0] / steps;
  const width = x.shape[1]!;
  if (steps === 1) return tf.zerosLike(x);
  return tf.concat([tf.zeros([rows, width]), tf.slice(x, [0, 0], [rows * (steps - 1), width])], 0);
}

/** Weight of every step of every row, [T·B]. */
export const stepWeights = (batch: Tensors): Tensor =>
  tf.reshape(tf.mul(batch['stepMask']!, batch['rowWeight']!), [-1]);

/**
 * −Σ u·{log p_t − β·max(KL_t, free bits)} / Σ u over steps of rows with weight. Monitors: `nll` and `divergence`, the
 * same means of the two parts without β and free bits, in nats a step.
 */
export function evidenceLoss(
  { logDensity, divergence }: { readonly logDensity: Tensor; readonly divergence: Tensor },
  batch: Tensors,
  freeBits: number,
): Tensors & { readonly loss: Tensor } {
  const weights = stepWeights(batch);
  const total = tf.maximum(tf.sum(weights), 1e-12);
  const mean = (x: Tensor): Tensor => tf.div(tf.sum(tf.mul(x, weights)), total);
  const nll = tf.neg(mean(logDensity));
  const plain = mean(divergence);
  const counted = freeBits > 0 ? mean(tf.maximum(divergence, freeBits)) : plain;
  return { loss: tf.add(nll, tf.mul(batch['beta']!, counted)), nll, divergence: plain };
}
