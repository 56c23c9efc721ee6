import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type {
  AdamOptions,
  ParameterLayout,
  ParameterSpec,
  Shape,
  Tensors,
  TrainingDefinition,
} from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { decoderHeads, decoderLogDensity, decoderSpecs, type DecoderOptions } from './latentDecoder.js';
import { gaussianDivergence, hiddenLayer, linear, linearSpecs, parameter } from './layers.js';
import {
  LOG_VARIANCE_RANGE,
  halves,
  recurrence,
  type RecurrenceInputs,
  type RecurrenceWeights,
} from './recurrence.js';

/** Sizes and options of the temporal conditional VAE on latent sequences (reconstruction, stage 2). */
export interface TcvaeOptions extends DecoderOptions {
  /** Steps T of a sequence. */
  readonly steps: number;
  /** Extent of the condition vector (statics and label). */
  readonly conditions: number;
  /** Extent q of the code z. */
  readonly codes: number;
  /** Units of the GRU state. */
  readonly hidden: number;
  /** Features φ_a of a latent, φ_z of a code, φ_c of the condition. */
  readonly latentFeatures: number;
  readonly codeFeatures: number;
  readonly conditionFeatures: number;
  /** Units of the hidden layers of prior and posterior. */
  readonly mlpUnits: number;
  /** Free bits: a step's divergence counts at least this much. In nats. */
  readonly freeBits: number;
}

export const TCVAE_DEFAULTS: Omit<TcvaeOptions, 'steps' | 'conditions'> = {
  latents: 32,
  codes: 16,
  hidden: 64,
  latentFeatures: 64,
  codeFeatures: 32,
  conditionFeatures: 16,
  mlpUnits: 64,
  decoderUnits: 64,
  decoder: 'global-variance',
  mixtures: 1,
  gate: false,
  freeBits: 0,
};

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

export function tcvaeLayout(options: TcvaeOptions): ParameterLayout {
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
  return layoutOf([
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
    ...jointSpecs(
      'decoder1',
      { code: codeFeatures, state: hidden, condition: conditionFeatures },
      options.decoderUnits,
    ),
    ...decoderSpecs(options),
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
  ]);
}

/** A batch of `rows` sequences, time-major; rows beyond the data carry `rowWeight` 0. */
export const tcvaeSequences = (options: TcvaeOptions, rows: number): Readonly<Record<string, Shape>> => ({
  // Standardised latents ã.
  latent: [options.steps, rows, options.latents],
  condition: [rows, options.conditions],
  // 1 inside the stay, 0 after its end.
  stepMask: [options.steps, rows],
  rowWeight: [rows],
  // Standard normals for the draw of the code.
  noise: [options.steps, rows, options.codes],
});

/** Inputs of one training batch: the sequences, and `beta` [], the weight of the divergence. */
export const tcvaeBatch = (options: TcvaeOptions, rows: number): Readonly<Record<string, Shape>> => ({
  ...tcvaeSequences(options, rows),
  beta: [],
});

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

/** Prior, posterior and decoder terms of every step. All [T·B] but the posterior mean, [T·B, q]. */
export interface TcvaeTerms {
  readonly logDensity: Tensor;
  readonly divergence: Tensor;
  readonly posteriorMean: Tensor;
}

/** The conditional VRNN (Chung et al. 2015) on latent sequences: everything outside the recurrence once for all steps. */
export function tcvaeTerms(options: TcvaeOptions, parameters: Tensors, batch: Tensors): TcvaeTerms {
  const p = (name: string): Tensor => parameter(parameters, name);
  const { steps, latents, codes } = options;
  const { features, start } = beginning(parameters, batch['condition']!);
  const shares = conditionShares(parameters, features);
  const latent = tf.reshape(batch['latent']!, [-1, latents]);
  const latentFeatures = hiddenLayer(parameters, 'latent', latent);
  const inputs: RecurrenceInputs = {
    posterior: toEveryStep(tf.matMul(latentFeatures, p('posterior1_latent_w')), shares.posterior),
    gates: toEveryStep(tf.matMul(latentFeatures, p('gates_latent_w')), shares.gates),
    candidate: toEveryStep(tf.matMul(latentFeatures, p('candidate_latent_w')), shares.candidate),
    start,
    noise: tf.reshape(batch['noise']!, [-1, codes]),
  };
  const outputs = recurrence(steps, inputs, recurrenceWeights(parameters));
  const [low, high] = LOG_VARIANCE_RANGE;
  const priorHidden = tf.relu(toEveryStep(tf.matMul(outputs.states, p('prior1_state_w')), shares.prior));
  const [priorMean, priorLogVariance] = halves(linear(parameters, 'prior2', priorHidden));
  const [posteriorMean, posteriorLogVariance] = halves(outputs.posterior);
  const decoderHidden = tf.relu(
    toEveryStep(
      tf.add(
        tf.matMul(outputs.states, p('decoder1_state_w')),
        tf.matMul(outputs.codes, p('decoder1_code_w')),
      ),
      shares.decoder,
    ),
  );
  const heads = decoderHeads(options, parameters, decoderHidden, () => previousLatents(latent, steps));
  return {
    logDensity: decoderLogDensity(latent, heads),
    divergence: gaussianDivergence(
      posteriorMean,
      tf.clipByValue(posteriorLogVariance, low, high),
      priorMean,
      tf.clipByValue(priorLogVariance, low, high),
    ),
    posteriorMean,
  };
}

/** The latents one step earlier; zeros before the first. */
export function previousLatents(latent: Tensor, steps: number): Tensor {
  const rows = latent.shape[0] / steps;
  const width = latent.shape[1]!;
  if (steps === 1) return tf.zerosLike(latent);
  return tf.concat([tf.zeros([rows, width]), tf.slice(latent, [0, 0], [rows * (steps - 1), width])], 0);
}

/** Weight of every step of every row, [T·B]. */
export const stepWeights = (batch: Tensors): Tensor =>
  tf.reshape(tf.mul(batch['stepMask']!, batch['rowWeight']!), [-1]);

/**
 * −Σ u·{log p(ã_t) − β·max(KL_t, free bits)} / Σ u over steps of rows with weight. Monitors: `nll` and `divergence`,
 * the same means of the two parts without β and free bits, in nats a step.
 */
export function tcvaeLoss(
  options: TcvaeOptions,
): (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor } {
  return (parameters, batch) => {
    const { logDensity, divergence } = tcvaeTerms(options, parameters, batch);
    const weights = stepWeights(batch);
    const total = tf.maximum(tf.sum(weights), 1e-12);
    const mean = (x: Tensor): Tensor => tf.div(tf.sum(tf.mul(x, weights)), total);
    const nll = tf.neg(mean(logDensity));
    const plain = mean(divergence);
    const counted = options.freeBits > 0 ? mean(tf.maximum(divergence, options.freeBits)) : plain;
    return { loss: tf.add(nll, tf.mul(batch['beta']!, counted)), nll, divergence: plain };
  };
}

/** What `compileTraining` needs to train the model on batches of `rows` sequences. */
export const tcvaeTraining = (
  options: TcvaeOptions,
  rows: number,
  adam: AdamOptions = { clipNorm: 1, weightDecay: 1e-5 },
): TrainingDefinition => ({
  layout: tcvaeLayout(options),
  batch: tcvaeBatch(options, rows),
  loss: tcvaeLoss(options),
  adam,
});
