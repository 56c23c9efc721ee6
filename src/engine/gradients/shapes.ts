import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { axisOf, fromInput, one, several, where, type Gradients } from './rules.js';

/** Kernels that only move values. */
export const shapes: readonly GradConfig[] = [
  fromInput('Cast', (dy) => dy),
  fromInput('Identity', (dy) => tf.cast(dy, 'float32')),
  fromInput('Reshape', (dy, x) => tf.reshape(dy, x.shape)),
  {
    kernelName: 'ExpandDims',
    inputsToSave: ['input'],
    gradFunc: (dy, saved): Gradients => ({ input: () => tf.reshape(one(dy), saved[0]!.shape) }),
  },
  {
    kernelName: 'Transpose',
    gradFunc: (dy, _, { perm }): Gradients => {
      if (!Array.isArray(perm)) throw new Error('gradient of Transpose: perm is not a list');
      return { x: () => tf.transpose(one(dy), tf.backend_util.getUndoAxesPermutation(perm.map(Number))) };
    },
  },
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const axis = axisOf(attributes, saved[0]!.rank);
      const sizes = saved.map((piece) => piece.shape[axis]!);
      const pieces = tf.split(one(dy), sizes, axis);
      return Object.fromEntries(pieces.map((piece, i) => [String(i), () => piece]));
    },
  },
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _, attributes): Gradients => ({
      x: () => tf.concat(several(dy), axisOf(attributes, several(dy)[0]!.rank)),
    }),
  },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, _, attributes): Gradients => {
      const pieces = tf.unstack(one(dy), axisOf(attributes, one(dy).rank));
      return Object.fromEntries(pieces.map((piece, i) => [String(i), () => piece]));
    },
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dy, _, attributes): Gradients => ({
      value: () => tf.stack(several(dy), axisOf(attributes, several(dy)[0]!.rank + 1)),
    }),
  },
  {
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (gradient, saved, attributes): Gradients => {
      const [x, indices] = [saved[0]!, saved[1]!];
      if (axisOf(attributes, x.rank) !== 0 || (attributes['batchDims'] ?? 0) !== 0)
        throw new Error('gradient of GatherV2: only rows of the first axis, without batch axes');
      return {
        x: () =>
          tf.scatterND(
            tf.reshape(indices, [-1, 1]),
            tf.reshape(one(gradient), [indices.size, ...x.shape.slice(1)]),
            x.shape,
          ),
        indices: () => tf.zerosLike(tf.cast(indices, 'float32')),
      };
    },
  },
  fromInput('Slice', (dy, x, { begin, size }) => {
    if (!Array.isArray(begin) || !Array.isArray(size)) throw new Error('gradient of Slice: no begin or size');
    return tf.pad(
      dy,
      x.shape.map(
        (extent, i) => [Number(begin[i]), extent - Number(begin[i]) - dy.shape[i]!] as [number, number],
      ),
    );
  }),
  fromInput('PadV2', (dy, x, { paddings }) => {
    if (!Array.isArray(paddings)) throw new Error('gradient of PadV2: no paddings');
    const begin = paddings.map((pair) => (Array.isArray(pair) ? Number(pair[0]) : 0));
    return tf.slice(dy, begin, x.shape);
  }),
  fromInput('Tile', (dy, x, { reps }) => {
    if (!Array.isArray(reps)) throw new Error('gradient of Tile: no reps');
    const counts = reps.map(Number);
    const interleaved = x.shape.flatMap((extent, i) => [counts[i]!, extent]);
    const summed = tf.sum(
      tf.reshape(dy, interleaved),
      x.shape.map((_, i) => 2 * i),
    );
    return tf.reshape(summed, x.shape);
  }),
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, saved): Gradients => ({
      condition: () => tf.zerosLike(tf.cast(saved[0]!, 'float32')),
      t: () => where(saved[0]!, one(dy)),
      e: () => where(tf.logicalNot(saved[0]!), one(dy)),
    }),
  },
];
