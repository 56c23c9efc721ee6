import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '../engine/contract.js';
import { namedTensors } from '../engine/parameters.js';
import type { StepDefinition } from './autoencoder.js';
import { positionTable, tokenScale } from './eventPositions.js';
import { head, projection } from './eventTransformer.js';
import {
  eventTokens,
  eventTransformerLayout,
  sequenceLength,
  type EventTransformerOptions,
} from './eventTransformerOptions.js';
import { afterNorm, layerNorm, normalised } from './layerNorm.js';
import { parameter } from './layers.js';

/** Weights that one token's step reads, everything folded that does not depend on the token. */
function weightShapes(options: EventTransformerOptions): Record<string, Shape> {
  const { width, hidden, layers, norm, codes, timeValues } = options;
  const { size } = eventTokens(codes, timeValues);
  return {
    tokens: [size, width],
    positions: [sequenceLength(options), width],
    ...Object.fromEntries(
      Array.from({ length: layers }, (_, layer): (readonly [string, Shape])[] => [
        [`qkv_${layer}_w`, [width, 3 * width]],
        [`qkv_${layer}_b`, [3 * width]],
        [`attention_${layer}_w`, [width, width]],
        [`attention_${layer}_b`, [width]],
        [`hidden_${layer}_w`, [width, hidden]],
        [`hidden_${layer}_b`, [hidden]],
        [`output_${layer}_w`, [hidden, width]],
        [`output_${layer}_b`, [width]],
        ...(norm === 'post'
          ? ['norm1', 'norm2'].flatMap((name): [string, Shape][] => [
              [`${name}_${layer}_g`, [width]],
              [`${name}_${layer}_s`, [width]],
            ])
          : []),
      ]).flat(),
    ),
    head_w: [width, size],
    head_b: [size],
  };
}

/** `parameters` [P] → the weights that `eventTransformerStep` reads. Run once for all tokens. */
export function eventTransformerWeights(options: EventTransformerOptions): StepDefinition {
  const layout = eventTransformerLayout(options);
  return {
    inputs: { parameters: [layout.size] },
    step: (inputs) => {
      const parameters = namedTensors(layout, inputs['parameters']!);
      const folded: Record<string, Tensor> = {
        tokens: tf.mul(parameter(parameters, 'token'), tokenScale(options)),
        positions: positionTable(options, parameters),
      };
      for (let layer = 0; layer < options.layers; layer++) {
        const qkv = projection(options, parameters, layer);
        folded[`qkv_${layer}_w`] = qkv.weight;
        folded[`qkv_${layer}_b`] = qkv.bias;
        const name = `hidden_${layer}`;
        if (options.norm === 'pre') {
          const inner = afterNorm(
            parameters,
            `norm2_${layer}`,
            parameter(parameters, `${name}_w`),
            parameter(parameters, `${name}_b`),
          );
          folded[`${name}_w`] = inner.weight;
          folded[`${name}_b`] = inner.bias;
        }
      }
      const last = head(options, parameters);
      folded['head_w'] = last.weight;
      folded['head_b'] = last.bias;
      return Object.fromEntries(
        Object.keys(weightShapes(options)).map((name) => [name, folded[name] ?? parameter(parameters, name)]),
      );
    },
  };
}

/**
 * Lengths that a cache can have, ascending, the last with room for the longest sequence. They grow by a third to a half, so that
 * little is attended to in vain. All are multiples of 64: masked positions behind a sequence then fall on whole registers of every
 * sum, and the same sequence gives the same bits at every length.
 */
export function cacheLengths(options: EventTransformerOptions): readonly number[] {
  const block = 64;
  const most = block * Math.ceil(sequenceLength(options) / block);
  const lengths = [block];
  for (let power = 2 * block; lengths.at(-1)! < most; power *= 2)
    lengths.push(Math.min(power, most), Math.min(1.5 * power, most));
  return [...new Set(lengths)];
}

/** Shape of one layer's cache of keys, and of that of values: [rows · heads, positions, width of a head]. */
export const cacheShape = (
  { heads, width }: EventTransformerOptions,
  rows: number,
  length: number,
): readonly [number, number, number] => [rows * heads, length, width / heads];

/**
 * One token for each of `rows` sequences, which may be at different positions. Inputs: the weights, `token` and `position`
 * [rows] as floats, `past` [rows, length] (0 for positions before the token's, −1e9 for all others), and the caches
 * `keys_<layer>` and `values_<layer>` of the `length` first positions. Outputs: `logits` [rows, ids] of the next token, and the token's own `newKeys` and
 * `newValues` [layers · rows · heads, width of a head], which the caller writes into the caches: so the caches are never copied.
 */
export function eventTransformerStep(
  options: EventTransformerOptions,
  rows: number,
  length: number,
): StepDefinition {
  const { width, heads, layers, norm } = options;
  const groups = rows * heads;
  const extent = width / heads;
  const cache = cacheShape(options, rows, length);
  return {
    inputs: {
      ...weightShapes(options),
      token: [rows],
      position: [rows],
      past: [rows, length],
      // One input a layer: cutting them out of one array would copy them at every token.
      ...Object.fromEntries(
        Array.from({ length: layers }, (_, layer): [string, Shape][] => [
          [`keys_${layer}`, cache],
          [`values_${layer}`, cache],
        ]).flat(),
      ),
    },
    step: (inputs) => {
      const newKeys: Tensor[] = [];
      const newValues: Tensor[] = [];
      const affine = (name: string, x: Tensor): Tensor =>
        tf.add(tf.matMul(x, parameter(inputs, `${name}_w`)), parameter(inputs, `${name}_b`));
      const row = (table: string, index: string): Tensor =>
        tf.gather(parameter(inputs, table), tf.cast(inputs[index]!, 'int32'));
      const past = tf.reshape(inputs['past']!, [rows, 1, length]);
      const attended = (layer: number, x: Tensor): Tensor => {
        const byHead = tf.transpose(
          tf.reshape(affine(`qkv_${layer}`, x), [rows, 3, heads, extent]),
          [1, 0, 2, 3],
        );
        const [q, k, v] = tf.unstack(tf.reshape(byHead, [3, groups, 1, extent]));
        newKeys.push(tf.reshape(k!, [groups, extent]));
        newValues.push(tf.reshape(v!, [groups, extent]));
        const before = tf.add(
          tf.reshape(tf.matMul(q!, parameter(inputs, `keys_${layer}`), false, true), [rows, heads, length]),
          past,
        );
        const own = tf.sum(tf.mul(q!, k!), 2);
        const shares = tf.softmax(tf.concat([tf.reshape(before, [groups, length]), own], 1));
        const [ofPast, ofSelf] = tf.split(shares, [length, 1], 1);
        const output = tf.add(
          tf.matMul(tf.reshape(ofPast!, [groups, 1, length]), parameter(inputs, `values_${layer}`)),
          tf.mul(tf.reshape(ofSelf!, [groups, 1, 1]), v!),
        );
        return affine(`attention_${layer}`, tf.reshape(output, [rows, width]));
      };
      const fed = (layer: number, x: Tensor): Tensor =>
        affine(`output_${layer}`, tf.relu(affine(`hidden_${layer}`, x)));
      let x = tf.add(row('tokens', 'token'), row('positions', 'position'));
      for (let layer = 0; layer < layers; layer++) {
        if (norm === 'pre') {
          x = tf.add(x, attended(layer, normalised(x)));
          x = tf.add(x, fed(layer, normalised(x)));
        } else {
          x = layerNorm(inputs, `norm1_${layer}`, tf.add(x, attended(layer, x)));
          x = layerNorm(inputs, `norm2_${layer}`, tf.add(x, fed(layer, x)));
        }
      }
      return {
        logits: affine('head', norm === 'pre' ? normalised(x) : x),
        newKeys: tf.concat(newKeys, 0),
        newValues: tf.concat(newValues, 0),
      };
    },
  };
}
