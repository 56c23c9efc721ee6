import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/contract.js';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { hiddenLayer, linear, parameter } from './layers.js';
import { KNOWN_FACTS, bitLogits, valueHeads } from './observationDecoder.js';
import { observationTcvaeLayout, type ObservationTcvaeOptions } from './observationTcvae.js';
import { gruStep, LOG_VARIANCE_RANGE } from './recurrenceStep.js';
import { halves } from './stepRows.js';
import { beginning, conditionShares, recurrenceWeights } from './vrnn.js';

/** `parameters` and `condition` [B, conditions] → `state` [B, h] before the first step. */
export function observationStart(options: ObservationTcvaeOptions, rows: number): StepDefinition {
  const layout = observationTcvaeLayout(options);
  return {
    inputs: { parameters: [layout.size], condition: [rows, options.conditions] },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      return { state: beginning(parameters, inputs['condition']!).start };
    },
  };
}

/**
 * The code of a step from the prior, and what the decoder makes of it. Inputs: `state` [B, h] and `history`
 * [B, latents] before the step, `previousBits` [B, bits], `condition`, standard normals `noise` [B, q] and the factor
 * `scale` [] on the prior's standard deviation. Outputs: `code` [B, features], `hidden` [B, units], `logits` [B, bits].
 */
export function observationPrior(options: ObservationTcvaeOptions, rows: number): StepDefinition {
  const layout = observationTcvaeLayout(options);
  const [low, high] = LOG_VARIANCE_RANGE;
  return {
    inputs: {
      parameters: [layout.size],
      state: [rows, options.hidden],
      history: [rows, options.latents],
      previousBits: [rows, options.bits],
      condition: [rows, options.conditions],
      noise: [rows, options.codes],
      scale: [],
    },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const p = (name: string): Tensor => parameter(parameters, name);
      const state = inputs['state']!;
      const shares = conditionShares(parameters, beginning(parameters, inputs['condition']!).features);
      const priorHidden = tf.relu(tf.add(tf.matMul(state, p('prior1_state_w')), shares.prior));
      const [mean, logVariance] = halves(linear(parameters, 'prior2', priorHidden));
      const deviation = tf.exp(tf.mul(0.5, tf.clipByValue(logVariance, low, high)));
      const drawn = tf.add(mean, tf.mul(deviation, tf.mul(inputs['scale']!, inputs['noise']!)));
      const code = hiddenLayer(parameters, 'code', drawn);
      const hidden = tf.relu(
        tf.add(
          tf.add(tf.matMul(state, p('decoder1_state_w')), tf.matMul(code, p('decoder1_code_w'))),
          tf.add(tf.matMul(inputs['history']!, p('decoder1_history_w')), shares.decoder),
        ),
      );
      return { code, hidden, logits: bitLogits(parameters, hidden, inputs['previousBits']!) };
    },
  };
}

/** `hidden` [B, units], the step's `bits` [B, bits] and what is known before it → `mean`, `gate`, `logVariance`, `logits`, all [B, K, C]. */
export function observationValues(options: ObservationTcvaeOptions, rows: number): StepDefinition {
  const layout = observationTcvaeLayout(options);
  return {
    inputs: {
      parameters: [layout.size],
      hidden: [rows, options.decoderUnits],
      bits: [rows, options.bits],
      known: [rows, KNOWN_FACTS * options.continuous],
    },
    step: (inputs) => {
      const heads = valueHeads(
        options,
        namedTensors(layout, inputs['parameters']!),
        inputs['hidden']!,
        inputs['bits']!,
        inputs['known']!,
      );
      return { ...heads };
    },
  };
}

/** `state`, `code` and the `history` after a step, `condition` → the `state` before the next one. */
export function observationState(options: ObservationTcvaeOptions, rows: number): StepDefinition {
  const layout = observationTcvaeLayout(options);
  return {
    inputs: {
      parameters: [layout.size],
      state: [rows, options.hidden],
      code: [rows, options.codeFeatures],
      history: [rows, options.latents],
      condition: [rows, options.conditions],
    },
    step: (inputs): Tensors => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const p = (name: string): Tensor => parameter(parameters, name);
      const shares = conditionShares(parameters, beginning(parameters, inputs['condition']!).features);
      const read = hiddenLayer(parameters, 'latent', inputs['history']!);
      const { next } = gruStep(
        inputs['state']!,
        inputs['code']!,
        {
          gates: tf.add(tf.matMul(read, p('gates_latent_w')), shares.gates),
          candidate: tf.add(tf.matMul(read, p('candidate_latent_w')), shares.candidate),
        },
        recurrenceWeights(parameters),
      );
      return { state: next };
    },
  };
}
