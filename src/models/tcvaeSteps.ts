import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { decoderHeads, drawLatent } from './latentDecoder.js';
import { hiddenLayer, linear, parameter } from './layers.js';
import { gruStep, LOG_VARIANCE_RANGE } from './recurrenceStep.js';
import { halves } from './stepRows.js';
import { tcvaeLayout, tcvaeSequences, tcvaeTerms, type TcvaeOptions } from './tcvae.js';
import { beginning, conditionShares, recurrenceWeights, stepWeights } from './vrnn.js';

/**
 * Draws whole sequences of `rows` patients in one step: at every time the code from the prior, the latent from the
 * decoder, and the drawn latent fed back.
 *
 * Inputs: `parameters` [P]; `condition` [B, conditions]; standard normals `priorNoise` [T, B, q] and `decoderNoise`
 * [T, B, d]; uniforms `choice` [T, B] that pick the mixture component (read only for more than one component);
 * temperatures `priorScale` and `decoderScale` [], factors on the standard deviations.
 * Output: `latent` [T, B, d], standardised.
 */
export function tcvaeSampler(options: TcvaeOptions, rows: number): StepDefinition {
  const layout = tcvaeLayout(options);
  const { steps, latents, codes, conditions } = options;
  const [low, high] = LOG_VARIANCE_RANGE;
  return {
    inputs: {
      parameters: [layout.size],
      condition: [rows, conditions],
      priorNoise: [steps, rows, codes],
      decoderNoise: [steps, rows, latents],
      choice: [steps, rows],
      priorScale: [],
      decoderScale: [],
    },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const p = (name: string): Tensor => parameter(parameters, name);
      const weights = recurrenceWeights(parameters);
      const { features, start } = beginning(parameters, inputs['condition']!);
      const shares = conditionShares(parameters, features);
      const priorNoise = tf.unstack(inputs['priorNoise']!);
      const decoderNoise = tf.unstack(inputs['decoderNoise']!);
      const choice = tf.unstack(tf.reshape(inputs['choice']!, [steps, rows, 1]));
      const drawn: Tensor[] = [];
      let state = start;
      let previous: Tensor = tf.zeros([rows, latents]);
      for (let t = 0; t < steps; t++) {
        const hidden = tf.relu(tf.add(tf.matMul(state, p('prior1_state_w')), shares.prior));
        const [mean, logVariance] = halves(linear(parameters, 'prior2', hidden));
        const deviation = tf.exp(tf.mul(0.5, tf.clipByValue(logVariance, low, high)));
        const z = tf.add(mean, tf.mul(deviation, tf.mul(inputs['priorScale']!, priorNoise[t]!)));
        const code = hiddenLayer(parameters, 'code', z);
        const decoderHidden = tf.relu(
          tf.add(
            tf.matMul(state, p('decoder1_state_w')),
            tf.add(tf.matMul(code, p('decoder1_code_w')), shares.decoder),
          ),
        );
        const before = previous;
        const heads = decoderHeads(options, parameters, decoderHidden, () => before);
        previous = drawLatent(heads, decoderNoise[t]!, inputs['decoderScale']!, choice[t]!);
        drawn.push(previous);
        if (t === steps - 1) break;
        const latentFeatures = hiddenLayer(parameters, 'latent', previous);
        const gru = {
          gates: tf.add(tf.matMul(latentFeatures, p('gates_latent_w')), shares.gates),
          candidate: tf.add(tf.matMul(latentFeatures, p('candidate_latent_w')), shares.candidate),
        };
        state = gruStep(state, code, gru, weights).next;
      }
      return { latent: tf.stack(drawn) };
    },
  };
}

/**
 * Diagnostics on a batch. Inputs: `parameters` and those of training. Outputs: `nll` and `divergence` [T], weighted
 * means per time step in nats (0 where no row has weight), `logDensity` [T, B], and `posteriorMean` [T, B, q], from
 * which active units are counted.
 */
export function tcvaeDiagnostics(options: TcvaeOptions, rows: number): StepDefinition {
  const layout = tcvaeLayout(options);
  const { steps, codes } = options;
  return {
    inputs: { parameters: [layout.size], ...tcvaeSequences(options, rows) },
    step: (inputs) => {
      const terms = tcvaeTerms(options, namedTensors(layout, inputs['parameters']!), inputs);
      const weights = tf.reshape(stepWeights(inputs), [steps, rows]);
      const total = tf.maximum(tf.sum(weights, 1), 1e-12);
      const perStep = (x: Tensor): Tensor =>
        tf.div(tf.sum(tf.mul(tf.reshape(x, [steps, rows]), weights), 1), total);
      return {
        nll: tf.neg(perStep(terms.logDensity)),
        divergence: perStep(terms.divergence),
        logDensity: tf.reshape(terms.logDensity, [steps, rows]),
        posteriorMean: tf.reshape(terms.posteriorMean, [steps, rows, codes]),
      };
    },
  };
}
