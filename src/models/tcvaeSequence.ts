import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions, ParameterLayout, Shape, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { gru, gruShares, gruSpecs } from './gru.js';
import {
  decoderHeads,
  decoderLogDensity,
  decoderSpecs,
  type DecoderHeads,
  type DecoderOptions,
} from './latentDecoder.js';
import { gaussianDivergence, hiddenLayer, linear, linearSpecs, parameter } from './layers.js';
import { LOG_VARIANCE_RANGE } from './recurrenceStep.js';
import { halves, perStep, together } from './stepRows.js';
import { beginning, jointSpecs, previousStep, stepWeights, toEveryStep } from './vrnn.js';

/** Sizes and options of the sequence-level temporal conditional VAE: one code a stay (reconstruction, variant of stage 2). */
export interface TcvaeSequenceOptions extends DecoderOptions {
  /** Steps T of a sequence. */
  readonly steps: number;
  /** Extent of the condition vector (statics and label). */
  readonly conditions: number;
  /** Extent q of the code z of a stay. */
  readonly codes: number;
  /** Units of the states of encoder and decoder. */
  readonly hidden: number;
  /** Features φ_a of a latent, φ_z of a code, φ_c of the condition. */
  readonly latentFeatures: number;
  readonly codeFeatures: number;
  readonly conditionFeatures: number;
  /** Units of the hidden layers of prior and posterior. */
  readonly mlpUnits: number;
  /** `standard` = N(0, I) for everybody; `conditional` = a Gaussian that depends on the condition. */
  readonly prior: 'standard' | 'conditional';
  /** Free bits: a stay's divergence counts at least this much. In nats. */
  readonly freeBits: number;
}

export function tcvaeSequenceLayout(options: TcvaeSequenceOptions): ParameterLayout {
  const { hidden, latents, codes, latentFeatures, codeFeatures, conditionFeatures, mlpUnits } = options;
  const decoderInputs = { code: codeFeatures, condition: conditionFeatures };
  return layoutOf([
    ...linearSpecs('condition', options.conditions, conditionFeatures),
    ...linearSpecs('start', conditionFeatures, hidden),
    ...linearSpecs('latent', latents, latentFeatures),
    ...gruSpecs('encoder', { latent: latentFeatures }, hidden),
    ...jointSpecs('posterior1', { state: hidden, condition: conditionFeatures }, mlpUnits),
    ...linearSpecs('posterior2', mlpUnits, 2 * codes),
    ...(options.prior === 'conditional'
      ? [...linearSpecs('prior1', conditionFeatures, mlpUnits), ...linearSpecs('prior2', mlpUnits, 2 * codes)]
      : []),
    ...linearSpecs('code', codes, codeFeatures),
    ...jointSpecs('unroll', decoderInputs, hidden),
    ...gruSpecs('decoder', decoderInputs, hidden),
    ...jointSpecs('decoder1', { state: hidden, ...decoderInputs }, options.decoderUnits),
    ...decoderSpecs(options),
  ]);
}

/** A batch of `rows` sequences: as the step-level model's, but with one draw of noise a stay. */
export const tcvaeSequenceInputs = (
  options: TcvaeSequenceOptions,
  rows: number,
): Readonly<Record<string, Shape>> => ({
  // Standardised latents ã.
  latent: [options.steps, rows, options.latents],
  condition: [rows, options.conditions],
  // 1 inside the stay, 0 after its end.
  stepMask: [options.steps, rows],
  rowWeight: [rows],
  // Standard normals for the draw of the code.
  noise: [rows, options.codes],
});

/** A diagonal Gaussian. Both [B, q] */
export interface CodeDistribution {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

function codeDistribution(meanAndLogVariance: Tensor): CodeDistribution {
  const [mean, logVariance] = halves(meanAndLogVariance);
  return { mean, logVariance: tf.clipByValue(logVariance, ...LOG_VARIANCE_RANGE) };
}

/** μ + σ·ε. */
export const drawCode = ({ mean, logVariance }: CodeDistribution, noise: Tensor): Tensor =>
  tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, logVariance)), noise));

/** Distribution of the code before any latent is seen. @param features φ_c of the condition */
export function sequencePrior(
  options: TcvaeSequenceOptions,
  parameters: Tensors,
  features: Tensor,
): CodeDistribution {
  if (options.prior === 'conditional')
    return codeDistribution(linear(parameters, 'prior2', hiddenLayer(parameters, 'prior1', features)));
  const zeros = tf.zeros([features.shape[0], options.codes]);
  return { mean: zeros, logVariance: zeros };
}

/** Logit that holds an update gate at 1, so that the state stays as it is. */
const HELD = 100;

/** Distribution of the code given the whole stay: a GRU reads it up to its end. */
function sequencePosterior(
  options: TcvaeSequenceOptions,
  parameters: Tensors,
  batch: Tensors,
  features: Tensor,
  start: Tensor,
): CodeDistribution {
  const { steps, hidden, latents } = options;
  const read = hiddenLayer(parameters, 'latent', tf.reshape(batch['latent']!, [-1, latents]));
  const shares = gruShares(parameters, 'encoder', { latent: read });
  const ended = tf.reshape(tf.mul(HELD, tf.sub(1, batch['stepMask']!)), [-1, 1]);
  const [reset, update] = halves(shares.gates);
  const gates = tf.concat([reset, tf.add(update, tf.matMul(ended, tf.ones([1, hidden])))], 1);
  const states = gru(parameters, 'encoder', steps, { gates, candidate: shares.candidate, start });
  const last = perStep(states, steps)[steps - 1]!;
  const p = (name: string): Tensor => parameter(parameters, `posterior1_${name}`);
  const joint = tf.add(tf.matMul(last, p('state_w')), tf.add(tf.matMul(features, p('condition_w')), p('b')));
  return codeDistribution(linear(parameters, 'posterior2', tf.relu(joint)));
}

/** Hidden layer of the decoder at every step, unrolled from code and condition alone. [T·B, units] */
export function unrolled(steps: number, parameters: Tensors, code: Tensor, features: Tensor): Tensor {
  const codeFeatures = hiddenLayer(parameters, 'code', code);
  const share = (layer: string): Tensor =>
    tf.add(
      tf.matMul(codeFeatures, parameter(parameters, `${layer}_code_w`)),
      tf.add(
        tf.matMul(features, parameter(parameters, `${layer}_condition_w`)),
        parameter(parameters, `${layer}_b`),
      ),
    );
  const { gates, candidate } = gruShares(parameters, 'decoder', { code: codeFeatures, condition: features });
  const everyStep = (x: Tensor): Tensor => together(Array.from({ length: steps }, () => x));
  const states = gru(parameters, 'decoder', steps, {
    gates: everyStep(gates),
    candidate: everyStep(candidate),
    start: tf.tanh(share('unroll')),
  });
  return tf.relu(
    toEveryStep(tf.matMul(states, parameter(parameters, 'decoder1_state_w')), share('decoder1')),
  );
}

/** Terms of a batch: `logDensity` [T·B] by step, `divergence` [B] by stay, `posteriorMean` [B, q]. */
export interface TcvaeSequenceTerms {
  readonly logDensity: Tensor;
  readonly divergence: Tensor;
  readonly posteriorMean: Tensor;
}

export function tcvaeSequenceTerms(
  options: TcvaeSequenceOptions,
  parameters: Tensors,
  batch: Tensors,
): TcvaeSequenceTerms {
  const { steps, latents } = options;
  const { features, start } = beginning(parameters, batch['condition']!);
  const posterior = sequencePosterior(options, parameters, batch, features, start);
  const prior = sequencePrior(options, parameters, features);
  const hidden = unrolled(steps, parameters, drawCode(posterior, batch['noise']!), features);
  const latent = tf.reshape(batch['latent']!, [-1, latents]);
  const heads: DecoderHeads = decoderHeads(options, parameters, hidden, () => previousStep(latent, steps));
  return {
    logDensity: decoderLogDensity(latent, heads),
    divergence: gaussianDivergence(posterior.mean, posterior.logVariance, prior.mean, prior.logVariance),
    posteriorMean: posterior.mean,
  };
}

/**
 * −[Σ u·log p(ã_t) − β·Σ w·max(KL, free bits)] / Σ u over steps of rows with weight w. Monitors: `nll` and `divergence`,
 * the same means of the two parts without β and free bits, in nats a step.
 */
function tcvaeSequenceLoss(
  options: TcvaeSequenceOptions,
): (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor } {
  return (parameters, batch) => {
    const { logDensity, divergence } = tcvaeSequenceTerms(options, parameters, batch);
    const weights = stepWeights(batch);
    const total = tf.maximum(tf.sum(weights), 1e-12);
    const perStepMean = (x: Tensor, weight: Tensor): Tensor => tf.div(tf.sum(tf.mul(x, weight)), total);
    const nll = tf.neg(perStepMean(logDensity, weights));
    const plain = perStepMean(divergence, batch['rowWeight']!);
    const counted =
      options.freeBits > 0
        ? perStepMean(tf.maximum(divergence, options.freeBits), batch['rowWeight']!)
        : plain;
    return { loss: tf.add(nll, tf.mul(batch['beta']!, counted)), nll, divergence: plain };
  };
}

/** What `compileTraining` needs to train the model on batches of `rows` sequences. */
export const tcvaeSequenceTraining = (
  options: TcvaeSequenceOptions,
  rows: number,
  adam: AdamOptions = { clipNorm: 1, weightDecay: 1e-5 },
): TrainingDefinition => ({
  layout: tcvaeSequenceLayout(options),
  batch: { ...tcvaeSequenceInputs(options, rows), beta: [] },
  loss: tcvaeSequenceLoss(options),
  adam,
});
