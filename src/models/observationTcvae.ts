import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions, ParameterLayout, Shape, Tensors, TrainingDefinition } from '../engine/contract.js';
import { layoutOf } from '../engine/parameters.js';
import { parameter } from './layers.js';
import {
  KNOWN_FACTS,
  bitLogits,
  bitsLogDensity,
  observationDecoderSpecs,
  valueHeads,
  valuesLogDensity,
  type ObservationDecoderOptions,
} from './observationDecoder.js';
import {
  evidenceLoss,
  jointSpecs,
  previousStep,
  stepWeights,
  toEveryStep,
  vrnnBody,
  vrnnSpecs,
  type VrnnBody,
  type VrnnOptions,
} from './vrnn.js';

/**
 * The temporal conditional VAE that reads the course so far (aligned latents, carried values, …) and whose decoder
 * draws observations: which features are observed in a step, then their values. `latents` is the extent of what is read.
 */
export interface ObservationTcvaeOptions extends VrnnOptions, ObservationDecoderOptions {
  /** Free bits: a step's divergence counts at least this much. In nats. */
  readonly freeBits: number;
}

export function observationTcvaeLayout(options: ObservationTcvaeOptions): ParameterLayout {
  const { codeFeatures, hidden, conditionFeatures, decoderUnits } = options;
  return layoutOf(
    vrnnSpecs(options, [
      ...jointSpecs(
        'decoder1',
        { code: codeFeatures, state: hidden, condition: conditionFeatures, history: options.latents },
        decoderUnits,
      ),
      ...observationDecoderSpecs(options),
    ]),
  );
}

/** A batch of `rows` sequences, time-major; rows beyond the data carry `rowWeight` 0. */
const observationSequences = (
  { steps, latents, conditions, codes, bits, continuous }: ObservationTcvaeOptions,
  rows: number,
): Readonly<Record<string, Shape>> => ({
  // What is known after each step.
  history: [steps, rows, latents],
  // Masks, continuous features first, then 0/1 values; weight 0 where such a value is not observed.
  bits: [steps, rows, bits],
  bitWeight: [steps, rows, bits],
  // Normal scores of observed values.
  values: [steps, rows, continuous],
  // Facts known of every continuous feature before the step.
  known: [steps, rows, KNOWN_FACTS * continuous],
  condition: [rows, conditions],
  // 1 inside the stay, 0 after its end.
  stepMask: [steps, rows],
  rowWeight: [rows],
  // Standard normals for the draw of the code.
  noise: [steps, rows, codes],
});

/** Inputs of one training batch: the sequences, and `beta` [], the weight of the divergence. */
export const observationBatch = (
  options: ObservationTcvaeOptions,
  rows: number,
): Readonly<Record<string, Shape>> => ({ ...observationSequences(options, rows), beta: [] });

/** Terms of every step, [T·B]; the posterior mean is [T·B, q]. */
export interface ObservationTerms {
  readonly bitsDensity: Tensor;
  readonly valuesDensity: Tensor;
  readonly divergence: Tensor;
  readonly posteriorMean: Tensor;
}

/** The recurrent part on a batch. */
const observationBody = (options: ObservationTcvaeOptions, parameters: Tensors, batch: Tensors): VrnnBody =>
  vrnnBody(
    options,
    parameters,
    tf.reshape(batch['history']!, [-1, options.latents]),
    batch['condition']!,
    tf.reshape(batch['noise']!, [-1, options.codes]),
  );

export function observationTerms(
  options: ObservationTcvaeOptions,
  parameters: Tensors,
  batch: Tensors,
): ObservationTerms {
  const p = (name: string): Tensor => parameter(parameters, name);
  const { steps, bits, continuous } = options;
  const rows = (name: string, width: number): Tensor => tf.reshape(batch[name]!, [-1, width]);
  const body = observationBody(options, parameters, batch);
  const hidden = tf.relu(
    toEveryStep(
      tf.add(
        tf.add(tf.matMul(body.states, p('decoder1_state_w')), tf.matMul(body.codes, p('decoder1_code_w'))),
        tf.matMul(previousStep(rows('history', options.latents), steps), p('decoder1_history_w')),
      ),
      body.decoderShare,
    ),
  );
  const stepBits = rows('bits', bits);
  const logits = bitLogits(parameters, hidden, previousStep(stepBits, steps));
  const weight = rows('bitWeight', bits);
  const known = rows('known', KNOWN_FACTS * continuous);
  return {
    bitsDensity: bitsLogDensity(parameters, logits, stepBits, weight, bits),
    valuesDensity: valuesLogDensity(
      options,
      parameters,
      valueHeads(options, parameters, hidden, tf.mul(stepBits, weight), known),
      { values: rows('values', continuous), mask: tf.slice(stepBits, [0, 0], [-1, continuous]), known },
    ),
    divergence: body.divergence,
    posteriorMean: body.posteriorMean,
  };
}

/**
 * Minus the evidence lower bound with weighted divergence, see `evidenceLoss`; monitors also `bitsNll` and `valuesNll`; arrays
 * `posteriorMean` [T·B, q], from which active units are counted, and `stepDivergence` [T·B], which the step computes anyway.
 */
function observationLoss(
  options: ObservationTcvaeOptions,
): (parameters: Tensors, batch: Tensors) => Tensors & { readonly loss: Tensor } {
  return (parameters, batch) => {
    const terms = observationTerms(options, parameters, batch);
    const weights = stepWeights(batch);
    const total = tf.maximum(tf.sum(weights), 1e-12);
    const negative = (x: Tensor): Tensor => tf.neg(tf.div(tf.sum(tf.mul(x, weights)), total));
    return {
      ...evidenceLoss(
        { logDensity: tf.add(terms.bitsDensity, terms.valuesDensity), divergence: terms.divergence },
        batch,
        options.freeBits,
      ),
      bitsNll: negative(terms.bitsDensity),
      valuesNll: negative(terms.valuesDensity),
      posteriorMean: terms.posteriorMean,
      stepDivergence: terms.divergence,
    };
  };
}

/** What `compileTraining` needs to train the model on batches of `rows` sequences. */
export const observationTraining = (
  options: ObservationTcvaeOptions,
  rows: number,
  adam: AdamOptions,
): TrainingDefinition => ({
  layout: observationTcvaeLayout(options),
  batch: observationBatch(options, rows),
  loss: observationLoss(options),
  arrays: ['posteriorMean', 'stepDivergence'],
  adam,
});
