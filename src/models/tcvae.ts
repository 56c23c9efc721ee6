import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions, ParameterLayout, Shape, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { decoderHeads, decoderLogDensity, decoderSpecs, type DecoderOptions } from './latentDecoder.js';
import { parameter } from './layers.js';
import {
  evidenceLoss,
  jointSpecs,
  previousStep,
  toEveryStep,
  vrnnBody,
  vrnnSpecs,
  type VrnnOptions,
} from './vrnn.js';

/** Sizes and options of the temporal conditional VAE on latent sequences (reconstruction, stage 2). */
export interface TcvaeOptions extends VrnnOptions, DecoderOptions {
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

export function tcvaeLayout(options: TcvaeOptions): ParameterLayout {
  const { codeFeatures, hidden, conditionFeatures } = options;
  return layoutOf(
    vrnnSpecs(options, [
      ...jointSpecs(
        'decoder1',
        { code: codeFeatures, state: hidden, condition: conditionFeatures },
        options.decoderUnits,
      ),
      ...decoderSpecs(options),
    ]),
  );
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
const tcvaeBatch = (options: TcvaeOptions, rows: number): Readonly<Record<string, Shape>> => ({
  ...tcvaeSequences(options, rows),
  beta: [],
});

/** Prior, posterior and decoder terms of every step. All [T·B] but the posterior mean, [T·B, q]. */
export interface TcvaeTerms {
  readonly logDensity: Tensor;
  readonly divergence: Tensor;
  readonly posteriorMean: Tensor;
}

/** The conditional VRNN on latent sequences: everything outside the recurrence once for all steps. */
export function tcvaeTerms(options: TcvaeOptions, parameters: Tensors, batch: Tensors): TcvaeTerms {
  const p = (name: string): Tensor => parameter(parameters, name);
  const { steps, latents, codes } = options;
  const latent = tf.reshape(batch['latent']!, [-1, latents]);
  const body = vrnnBody(
    options,
    parameters,
    latent,
    batch['condition']!,
    tf.reshape(batch['noise']!, [-1, codes]),
  );
  const decoderHidden = tf.relu(
    toEveryStep(
      tf.add(tf.matMul(body.states, p('decoder1_state_w')), tf.matMul(body.codes, p('decoder1_code_w'))),
      body.decoderShare,
    ),
  );
  const heads = decoderHeads(options, parameters, decoderHidden, () => previousStep(latent, steps));
  return {
    logDensity: decoderLogDensity(latent, heads),
    divergence: body.divergence,
    posteriorMean: body.posteriorMean,
  };
}

/** Minus the evidence lower bound with weighted divergence, see `evidenceLoss`. */
function tcvaeLoss(
  options: TcvaeOptions,
): (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor } {
  return (parameters, batch) => evidenceLoss(tcvaeTerms(options, parameters, batch), batch, options.freeBits);
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
