import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions, Shape, Tensors, TrainingDefinition } from '../engine/contract.js';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { withOwnStatistics, withStatistics, type ColumnStatistics } from './batchNorm.js';
import {
  codesPerEvent,
  eventAutoencoderLayout,
  normalisedLayers,
  quantiserOf,
  runningSize,
  STREAMS,
  type EventAutoencoderOptions,
} from './eventAutoencoderOptions.js';
import { linear, parameter } from './layers.js';
import { nearestCodes, quantised, vectorsOf } from './residualQuantiser.js';
import { doubled, halved } from './stridedConvolution.js';
import { tokenCrossEntropy } from './tokenCrossEntropy.js';

/** Normalises x [rows, width] for the named layer. */
type Norm = (name: string, x: Tensor) => Tensor;

/** Row 0 is padding: always the zero vector, and without a gradient. */
function paddedTable(parameters: Tensors, name: string): Tensor {
  const table = parameter(parameters, name);
  const rows = table.shape[0];
  return tf.mul(
    table,
    tf.tensor(
      Float32Array.from({ length: rows }, (_, i) => Math.min(i, 1)),
      [rows, 1],
    ),
  );
}

/** Sum of the three embeddings, then the halving layers, the last without ReLU: [events · positions, width]. */
function encode(options: EventAutoencoderOptions, parameters: Tensors, streams: Tensors, norm: Norm): Tensor {
  const { width } = options;
  const embedded = STREAMS.map((stream) =>
    tf.gather(paddedTable(parameters, `${stream}_table`), tf.cast(streams[stream]!, 'int32')),
  );
  const events = embedded[0]!.shape[0];
  let x = embedded.reduce((sum, one) => tf.add(sum, one));
  const layers = normalisedLayers(options).filter((name) => name.startsWith('encoder'));
  for (const [i, name] of layers.entries()) {
    const next = norm(name, halved(parameters, name, x));
    x = tf.reshape(i === layers.length - 1 ? next : tf.relu(next), [events, -1, width]);
  }
  return tf.reshape(x, [-1, width]);
}

/** The doubling layers: latents [events · positions, width] → features [events · length, width]. */
function decode(options: EventAutoencoderOptions, parameters: Tensors, latents: Tensor, norm: Norm): Tensor {
  const { width, positions } = options;
  let x = latents;
  let length = positions;
  for (const name of normalisedLayers(options).filter((layer) => layer.startsWith('decoder'))) {
    x = tf.relu(norm(name, doubled(parameters, name, tf.reshape(x, [-1, length, width]))));
    length *= 2;
  }
  return x;
}

/** The weights of events [events] for each of their places: [events · places]. */
const perPlace = (eventWeight: Tensor, places: number): Tensor =>
  tf.reshape(tf.tile(tf.reshape(eventWeight, [-1, 1]), [1, places]), [-1]);

/** Normalises with the batch's statistics and hands them to `keep` in the order of the layers. */
function trainingNorm(
  parameters: Tensors,
  eventWeight: Tensor,
  keep: (statistics: ColumnStatistics) => void,
): Norm {
  const events = eventWeight.shape[0];
  return (name, x) => {
    const weight = perPlace(eventWeight, x.shape[0] / events);
    const { value, statistics } = withOwnStatistics(parameters, name, x, weight);
    keep(statistics);
    return value;
  };
}

/** Normalises with running statistics. */
function evaluationNorm(options: EventAutoencoderOptions, parameters: Tensors, running: Tensor): Norm {
  const layers = normalisedLayers(options);
  const rows = tf.unstack(tf.reshape(running, [2 * layers.length, options.width]));
  return (name, x) => {
    const at = 2 * layers.indexOf(name);
    return withStatistics(parameters, name, x, { mean: rows[at]!, variance: rows[at + 1]! });
  };
}

/** Inputs that hold the codebook: moving averages and the codes made of them. */
const codebookInputs = ({
  quantiser,
  width,
}: EventAutoencoderOptions): Readonly<Record<'usage' | 'codeSums' | 'codebook', Shape>> => ({
  usage: [quantiser.codes],
  codeSums: [quantiser.codes, width],
  codebook: [quantiser.codes, width],
});

const streamInputs = ({ length }: EventAutoencoderOptions, events: number): Record<string, Shape> =>
  Object.fromEntries(STREAMS.map((stream) => [stream, [events, length]]));

/**
 * Batch: the streams `tokens`, `types` and `places` [events, length] of ids as floats, `weight` [events] = number of equal
 * events (0 for padding), `targets` [targets] = places event · length + position whose ids the heads give back, with their
 * event's weight in `targetWeight` [targets] (0 for padding), `uniforms` [levels · events · positions, K], and the codebook.
 * Loss: for each stream the mean cross-entropy over its non-pad targets, plus the commitment; monitors: these four. Arrays: `statistics`, mean and
 * unbiased variance of every normalised layer in this batch as the running statistics are laid out; `counts` [D, K] and
 * `vectorSums` [D, K, width] of this batch; `usage`, `codeSums` and `codebook` after it; `chosen` [events, positions · D].
 */
export function eventAutoencoderTraining(
  options: EventAutoencoderOptions,
  events: number,
  adam: AdamOptions = {},
  targets: number = events * options.length,
): TrainingDefinition {
  const { positions, quantiser } = options;
  return {
    layout: eventAutoencoderLayout(options),
    batch: {
      ...streamInputs(options, events),
      weight: [events],
      targets: [targets],
      targetWeight: [targets],
      uniforms: [quantiser.levels * events * positions, quantiser.codes],
      ...codebookInputs(options),
    },
    adam,
    arrays: ['statistics', 'counts', 'vectorSums', 'usage', 'codeSums', 'codebook', 'chosen'],
    loss: (parameters, batch) => {
      const kept: Tensor[] = [];
      const norm = trainingNorm(parameters, batch['weight']!, ({ mean, variance }) => {
        kept.push(mean, variance);
      });
      const latents = encode(options, parameters, batch, norm);
      const code = quantised(
        quantiserOf(options),
        latents,
        perPlace(batch['weight']!, positions),
        { usage: batch['usage']!, sums: batch['codeSums']!, codes: batch['codebook']! },
        batch['uniforms']!,
      );
      const at = tf.cast(batch['targets']!, 'int32');
      const features = tf.gather(decode(options, parameters, code.value, norm), at);
      const costs = STREAMS.map((stream) => {
        const ids = tf.gather(tf.reshape(batch[stream]!, [-1]), at);
        const counted = tf.mul(tf.cast(tf.greater(ids, 0), 'float32'), batch['targetWeight']!);
        return tokenCrossEntropy(
          features,
          parameter(parameters, `${stream}_head_w`),
          parameter(parameters, `${stream}_head_b`),
          tf.cast(ids, 'int32'),
          tf.div(counted, tf.maximum(tf.sum(counted), 1e-12)),
        );
      });
      const [tokens, types, places] = costs;
      const reconstruction = costs.reduce((sum, one) => tf.add(sum, one));
      return {
        loss: tf.add(reconstruction, tf.mul(options.commitment, code.commitment)),
        tokenLoss: tokens!,
        typeLoss: types!,
        placeLoss: places!,
        commitmentLoss: code.commitment,
        statistics: tf.concat(kept),
        counts: code.counts,
        vectorSums: code.vectorSums,
        usage: code.codebook.usage,
        codeSums: code.codebook.sums,
        codebook: code.codebook.codes,
        chosen: tf.reshape(code.chosen, [events, codesPerEvent(options)]),
      };
    },
  };
}

const fixedInputs = (options: EventAutoencoderOptions): Record<string, Shape> => ({
  parameters: [eventAutoencoderLayout(options).size],
  running: [runningSize(options)],
  codebook: codebookInputs(options).codebook,
});

function encodedCodes(options: EventAutoencoderOptions, inputs: Tensors): Tensor {
  const parameters = namedTensors(eventAutoencoderLayout(options), inputs['parameters']!);
  const norm = evaluationNorm(options, parameters, inputs['running']!);
  const latents = encode(options, parameters, inputs, norm);
  return nearestCodes(quantiserOf(options), latents, inputs['codebook']!);
}

/** Logits of each stream [events · length, ids] from codes int32 [events · positions, D]. */
function decodedLogits(options: EventAutoencoderOptions, inputs: Tensors, codes: Tensor): Tensor[] {
  const parameters = namedTensors(eventAutoencoderLayout(options), inputs['parameters']!);
  const norm = evaluationNorm(options, parameters, inputs['running']!);
  const features = decode(options, parameters, vectorsOf(codes, inputs['codebook']!), norm);
  return STREAMS.map((stream) => linear(parameters, `${stream}_head`, features));
}

/** `parameters`, `running`, `codebook` and the three streams → `codes` [events, positions · D] as floats, nearest at each level. */
export const eventEncoder = (options: EventAutoencoderOptions, events: number): StepDefinition => ({
  inputs: { ...fixedInputs(options), ...streamInputs(options, events) },
  step: (inputs) => ({
    codes: tf.cast(tf.reshape(encodedCodes(options, inputs), [events, codesPerEvent(options)]), 'float32'),
  }),
});

/** `parameters`, `running`, `codebook` and `codes` [events, positions · D] → the likeliest ids of each stream [events, length]. */
export const eventDecoder = (options: EventAutoencoderOptions, events: number): StepDefinition => ({
  inputs: { ...fixedInputs(options), codes: [events, codesPerEvent(options)] },
  step: (inputs) => {
    const codes = tf.reshape(tf.cast(inputs['codes']!, 'int32'), [-1, options.quantiser.levels]);
    const logits = decodedLogits(options, inputs, codes);
    return Object.fromEntries(
      STREAMS.map((stream, i) => [
        stream,
        tf.cast(tf.reshape(tf.argMax(logits[i]!, 1), [events, options.length]), 'float32'),
      ]),
    );
  },
});

/**
 * `parameters`, `running`, `codebook`, the streams and `weight` [events] → `correct` and `counted` [1]: non-pad tokens that
 * come back from their nearest codes, and all of them, by weight.
 */
export const eventAutoencoderEvaluation = (
  options: EventAutoencoderOptions,
  events: number,
): StepDefinition => ({
  inputs: { ...fixedInputs(options), ...streamInputs(options, events), weight: [events] },
  step: (inputs) => {
    const [logits] = decodedLogits(options, inputs, encodedCodes(options, inputs));
    const ids = tf.reshape(tf.argMax(logits!, 1), [events, options.length]);
    const targets = tf.cast(inputs['tokens']!, 'int32');
    const counted = tf.mul(
      tf.cast(tf.greater(inputs['tokens']!, 0), 'float32'),
      tf.reshape(inputs['weight']!, [events, 1]),
    );
    const hits = tf.mul(tf.cast(tf.equal(ids, targets), 'float32'), counted);
    return { correct: tf.reshape(tf.sum(hits), [1]), counted: tf.reshape(tf.sum(counted), [1]) };
  },
});
