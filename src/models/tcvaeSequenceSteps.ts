import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { decoderHeads, drawLatent } from './latentDecoder.js';
import { perStep } from './stepRows.js';
import { beginning } from './vrnn.js';
import {
  drawCode,
  sequencePrior,
  tcvaeSequenceInputs,
  tcvaeSequenceLayout,
  tcvaeSequenceTerms,
  unrolled,
  type TcvaeSequenceOptions,
} from './tcvaeSequence.js';

/**
 * Draws whole sequences of `rows` patients in one step: the code from the prior, then every step's latent from the decoder.
 *
 * Inputs: `parameters` [P]; `condition` [B, conditions]; standard normals `priorNoise` [B, q] and `decoderNoise` [T, B, d];
 * uniforms `choice` [T, B] that pick the mixture component (read only for more than one component); temperatures
 * `priorScale` and `decoderScale` [], factors on the standard deviations.
 * Output: `latent` [T, B, d], standardised.
 */
export function tcvaeSequenceSampler(options: TcvaeSequenceOptions, rows: number): StepDefinition {
  const layout = tcvaeSequenceLayout(options);
  const { steps, latents, codes, conditions } = options;
  return {
    inputs: {
      parameters: [layout.size],
      condition: [rows, conditions],
      priorNoise: [rows, codes],
      decoderNoise: [steps, rows, latents],
      choice: [steps, rows],
      priorScale: [],
      decoderScale: [],
    },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const { features } = beginning(parameters, inputs['condition']!);
      const code = drawCode(
        sequencePrior(options, parameters, features),
        tf.mul(inputs['priorScale']!, inputs['priorNoise']!),
      );
      const hidden = perStep(unrolled(steps, parameters, code, features), steps);
      const decoderNoise = tf.unstack(inputs['decoderNoise']!);
      const choice = tf.unstack(tf.reshape(inputs['choice']!, [steps, rows, 1]));
      const drawn: Tensor[] = [];
      let previous: Tensor = tf.zeros([rows, latents]);
      for (let t = 0; t < steps; t++) {
        const before = previous;
        const heads = decoderHeads(options, parameters, hidden[t]!, () => before);
        previous = drawLatent(heads, decoderNoise[t]!, inputs['decoderScale']!, choice[t]!);
        drawn.push(previous);
      }
      return { latent: tf.stack(drawn) };
    },
  };
}

/**
 * Diagnostics on a batch. Inputs: `parameters` and those of training but `beta`. Outputs: `logDensity` [T, B] and
 * `divergence` [B] in nats, and `posteriorMean` [B, q], from which active units are counted.
 */
export function tcvaeSequenceDiagnostics(options: TcvaeSequenceOptions, rows: number): StepDefinition {
  const layout = tcvaeSequenceLayout(options);
  return {
    inputs: { parameters: [layout.size], ...tcvaeSequenceInputs(options, rows) },
    step: (inputs) => {
      const terms = tcvaeSequenceTerms(options, namedTensors(layout, inputs['parameters']!), inputs);
      return { ...terms, logDensity: tf.reshape(terms.logDensity, [options.steps, rows]) };
    },
  };
}
