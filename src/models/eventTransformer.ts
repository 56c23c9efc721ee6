import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AdamOptions, Shape, Tensors, TrainingDefinition } from '../engine/contract.js';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { causalAttention } from './causalAttention.js';
import { positionTable, tokenScale } from './eventPositions.js';
import {
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from './eventTransformerOptions.js';
import { afterNorm, layerNorm, normalised, type AfterNorm } from './layerNorm.js';
import { hiddenLayer, linear, parameter } from './layers.js';
import { tokenCrossEntropy } from './tokenCrossEntropy.js';

/**
 * Weights that make queries, keys and values of one layer side by side, 1/√(width of a head) taken into the queries'.
 * With norms before the branches they read normalised rows without gain and shift.
 */
export function projection(options: EventTransformerOptions, parameters: Tensors, layer: number): AfterNorm {
  const { width, heads, norm } = options;
  const scale = tf.concat([tf.fill([width], 1 / Math.sqrt(width / heads)), tf.ones([2 * width])]);
  const weight = tf.mul(parameter(parameters, `qkv_${layer}_w`), scale);
  const bias = tf.mul(parameter(parameters, `qkv_${layer}_b`), scale);
  return norm === 'pre' ? afterNorm(parameters, `norm1_${layer}`, weight, bias) : { weight, bias };
}

/** The feed-forward layer on x [rows, width], with a mask on its hidden units. Reads normalised rows like `projection`. */
function feedForward(
  options: EventTransformerOptions,
  parameters: Tensors,
  layer: number,
  x: Tensor,
  drop: (x: Tensor) => Tensor = (same) => same,
): Tensor {
  const hidden =
    options.norm === 'post'
      ? hiddenLayer(parameters, `hidden_${layer}`, x)
      : (({ weight, bias }) => tf.relu(tf.add(tf.matMul(x, weight), bias)))(
          afterNorm(
            parameters,
            `norm2_${layer}`,
            parameter(parameters, `hidden_${layer}_w`),
            parameter(parameters, `hidden_${layer}_b`),
          ),
        );
  return linear(parameters, `output_${layer}`, drop(hidden));
}

/** Weights of the last layer, which reads what `hiddenStates` returns. */
export function head(options: EventTransformerOptions, parameters: Tensors): AfterNorm {
  const weight = parameter(parameters, 'head_w');
  const bias = parameter(parameters, 'head_b');
  return options.norm === 'pre' ? afterNorm(parameters, 'norm', weight, bias) : { weight, bias };
}

/** Inputs that carry dropout masks: 0 where dropped, 1/(1 − share) elsewhere; none without dropout. */
export function dropoutInputs(
  options: EventTransformerOptions,
  rows: number,
  length: number,
): Readonly<Record<string, Shape>> {
  if (options.dropout === 0) return {};
  const tokens = rows * length;
  return Object.fromEntries([
    ['dropEmbedding', [tokens, options.width]],
    ...Array.from({ length: options.layers }, (_, layer) => [
      [`dropAttention${layer}`, [tokens, options.width]],
      [`dropHidden${layer}`, [tokens, options.hidden]],
      [`dropOutput${layer}`, [tokens, options.width]],
    ]).flat(),
  ]) as Record<string, Shape>;
}

/**
 * States [rows · length, width] from which the head reads the token after each position.
 * @param ids int32 [rows, length], the first being SOS
 * @param masks dropout masks by name; none where nothing is dropped
 */
function hiddenStates(
  options: EventTransformerOptions,
  parameters: Tensors,
  ids: Tensor,
  masks: Tensors = {},
): Tensor {
  const { width, heads, layers, norm } = options;
  const [rows, length] = [ids.shape[0], ids.shape[1]!];
  const tokens = rows * length;
  const drop =
    (name: string) =>
    (x: Tensor): Tensor =>
      masks[name] === undefined ? x : tf.mul(x, masks[name]);
  const embedded = tf.mul(parameter(parameters, 'token'), tokenScale(options));
  const table = positionTable(options, parameters);
  let x = tf.add(
    tf.gather(embedded, ids),
    length === table.shape[0] ? table : tf.slice(table, [0, 0], [length, width]),
  );
  x = drop('dropEmbedding')(tf.reshape(x, [tokens, width]));
  const attended = (layer: number, input: Tensor): Tensor => {
    const { weight, bias } = projection(options, parameters, layer);
    const all = tf.add(tf.matMul(input, weight), bias);
    const byHead = tf.transpose(tf.reshape(all, [rows, length, 3, heads, width / heads]), [2, 0, 3, 1, 4]);
    const [q, k, v] = tf.unstack(tf.reshape(byHead, [3, rows * heads, length, width / heads]));
    const output = tf.reshape(causalAttention(q!, k!, v!), [rows, heads, length, width / heads]);
    const together = tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [tokens, width]);
    return drop(`dropAttention${layer}`)(linear(parameters, `attention_${layer}`, together));
  };
  const fed = (layer: number, input: Tensor): Tensor =>
    drop(`dropOutput${layer}`)(feedForward(options, parameters, layer, input, drop(`dropHidden${layer}`)));
  for (let layer = 0; layer < layers; layer++) {
    if (norm === 'pre') {
      x = tf.add(x, attended(layer, normalised(x, true)));
      x = tf.add(x, fed(layer, normalised(x, true)));
    } else {
      x = layerNorm(parameters, `norm1_${layer}`, tf.add(x, attended(layer, x)));
      x = layerNorm(parameters, `norm2_${layer}`, tf.add(x, fed(layer, x)));
    }
  }
  return norm === 'pre' ? normalised(x, true) : x;
}

/** Inputs and targets of sequences [rows, length + 1], and which targets count. */
function targetsOf(
  options: EventTransformerOptions,
  tokens: Tensor,
  rowWeight: Tensor,
): { readonly ids: Tensor; readonly targets: Tensor; readonly inTime: Tensor; readonly inCodes: Tensor } {
  const [rows, length] = [tokens.shape[0], tokens.shape[1]! - 1];
  const whole = tf.cast(tokens, 'int32');
  const ids = tf.slice(whole, [0, 0], [rows, length]);
  const targets = tf.slice(whole, [0, 1], [rows, length]);
  const pad = tf.scalar(eventTokens(options.codes, options.timeValues).pad, 'int32');
  const counted = tf.mul(tf.cast(tf.notEqual(targets, pad), 'float32'), tf.reshape(rowWeight, [rows, 1]));
  // Digits and EOS, which stands where a digit could, are the ids above PAD.
  const isTime =
    options.timeDigits === 0 ? tf.zerosLike(counted) : tf.cast(tf.greater(targets, pad), 'float32');
  return {
    ids,
    targets,
    inTime: tf.reshape(tf.mul(counted, isTime), [-1]),
    inCodes: tf.reshape(tf.mul(counted, tf.sub(1, isTime)), [-1]),
  };
}

/** Weights that sum to 1, or all 0. */
const shareOf = (weight: Tensor): Tensor => tf.div(weight, tf.maximum(tf.sum(weight), 1e-12));

/**
 * Batch: `tokens` [rows, length + 1] of ids as floats, SOS first and PAD at the end, and `rowWeight` [rows]; with dropout
 * its masks. Loss: mean cross-entropy over codes plus mean cross-entropy over times, the EOS standing for a time;
 * PAD is never a target. Times `batchWeight` [1]: 1, or the batch's share of what an average batch holds where batches are
 * unlike, so that every token counts the same.
 *
 * @param length most tokens of the batch's stays, EOS included where it is a target; that of the longest stay by default
 */
export function eventTransformerTraining(
  options: EventTransformerOptions,
  rows: number,
  adam: AdamOptions = {},
  length = sequenceLength(options),
): TrainingDefinition {
  return {
    layout: eventTransformerLayout(options),
    batch: {
      tokens: [rows, length + 1],
      rowWeight: [rows],
      batchWeight: [1],
      ...dropoutInputs(options, rows, length),
    },
    adam,
    loss: (parameters, batch) => {
      const { ids, targets, inTime, inCodes } = targetsOf(options, batch['tokens']!, batch['rowWeight']!);
      const states = hiddenStates(options, parameters, ids, batch);
      const { weight, bias } = head(options, parameters);
      const perToken = tf.add(shareOf(inTime), shareOf(inCodes));
      const loss = tokenCrossEntropy(states, weight, bias, tf.reshape(targets, [-1]), perToken);
      return { loss: tf.mul(loss, tf.reshape(batch['batchWeight']!, [])) };
    },
  };
}

/**
 * `parameters` [P] and a batch without masks → `correct` and `counted` [1]: tokens whose id has the greatest logit of the
 * whole vocabulary, and tokens that are a target.
 */
export function eventTransformerEvaluation(options: EventTransformerOptions, rows: number): StepDefinition {
  const layout = eventTransformerLayout(options);
  return {
    inputs: {
      parameters: [layout.size],
      tokens: [rows, sequenceLength(options) + 1],
      rowWeight: [rows],
    },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const { ids, targets, inTime, inCodes } = targetsOf(options, inputs['tokens']!, inputs['rowWeight']!);
      const { weight, bias } = head(options, parameters);
      const logits = tf.add(tf.matMul(hiddenStates(options, parameters, ids), weight), bias);
      const hits = tf.cast(tf.equal(tf.argMax(logits, 1), tf.reshape(targets, [-1])), 'float32');
      const counted = tf.add(inTime, inCodes);
      return {
        correct: tf.reshape(tf.sum(tf.mul(hits, counted)), [1]),
        counted: tf.reshape(tf.sum(counted), [1]),
      };
    },
  };
}

/** `parameters` [P] and `tokens` [rows, length], SOS first → `logits` [rows, length, ids] of the token after each. */
export function eventTransformerLogits(
  options: EventTransformerOptions,
  rows: number,
  length: number,
): StepDefinition {
  const layout = eventTransformerLayout(options);
  return {
    inputs: { parameters: [layout.size], tokens: [rows, length] },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const states = hiddenStates(options, parameters, tf.cast(inputs['tokens']!, 'int32'));
      const { weight, bias } = head(options, parameters);
      return { logits: tf.reshape(tf.add(tf.matMul(states, weight), bias), [rows, length, bias.shape[0]]) };
    },
  };
}
