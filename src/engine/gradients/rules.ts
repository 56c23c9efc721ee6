import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';

/** Gradients of a kernel by its inputs. */
export type Gradients = Readonly<Record<string, () => Tensor>>;

export const axisOf = (attributes: NamedAttrMap, rank: number): number => {
  const axis = attributes['axis'];
  if (typeof axis !== 'number') throw new Error('gradient: attribute axis is not a number');
  return axis < 0 ? axis + rank : axis;
};

export const one = (dy: Tensor | Tensor[]): Tensor => {
  if (Array.isArray(dy)) throw new Error('gradient: one output expected');
  return dy;
};

/** tfjs hands a list over only where there is more than one output. */
export const several = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);

/** Sums a gradient over the axes along which its operand was broadcast. */
export function summedTo(gradient: Tensor, operand: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(operand.shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, operand.shape);
}

/** Puts reduced axes back with extent 1 and repeats the gradient along them. */
export function spread(dy: Tensor, x: Tensor, attributes: NamedAttrMap): Tensor {
  // tfjs names the axes of Max differently from those of all other reductions.
  const axis = attributes['axis'] ?? attributes['reductionIndices'];
  const reduced =
    typeof axis === 'number' || Array.isArray(axis)
      ? tf.util.parseAxisParam(typeof axis === 'number' ? axis : axis.map(Number), x.shape)
      : x.shape.map((_, i) => i);
  const kept = x.shape.map((extent, i) => (reduced.includes(i) ? 1 : extent));
  return tf.mul(tf.reshape(dy, kept), tf.onesLike(x));
}

/** Gradient of y = f(x) from x. */
export const fromInput = (
  kernelName: string,
  rule: (dy: Tensor, x: Tensor, attributes: NamedAttrMap) => Tensor,
): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes): Gradients => ({ x: () => rule(one(dy), saved[0]!, attributes) }),
});

/** Gradient of y = f(x) from y. */
export const fromOutput = (
  kernelName: string,
  rule: (dy: Tensor, y: Tensor) => Tensor,
  input = 'x',
): GradConfig => ({
  kernelName,
  outputsToSave: [true],
  gradFunc: (dy, saved): Gradients => ({ [input]: () => rule(one(dy), saved[0]!) }),
});

/** Gradients of y = f(a, b) with broadcasting. */
export const fromOperands = (
  kernelName: string,
  rule: (dy: Tensor, a: Tensor, b: Tensor) => readonly [a: () => Tensor, b: () => Tensor],
): GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, saved): Gradients => {
    const [a, b] = [saved[0]!, saved[1]!];
    const [forA, forB] = rule(one(gradient), a, b);
    return { a: () => summedTo(forA(), a), b: () => summedTo(forB(), b) };
  },
});

export const where = (condition: Tensor, dy: Tensor): Tensor => tf.mul(dy, tf.cast(condition, 'float32'));
