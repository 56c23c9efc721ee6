import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { fromInput, fromOperands, fromOutput, one, summedTo, where, type Gradients } from './rules.js';

/** Kernels of two operands. */
export const arithmetic: readonly GradConfig[] = [
  fromOperands('Add', (dy) => [() => dy, () => dy]),
  fromOperands('Sub', (dy) => [() => dy, () => tf.neg(dy)]),
  fromOperands('Multiply', (dy, a, b) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]),
  fromOperands('RealDiv', (dy, a, b) => [
    () => tf.div(dy, b),
    () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ]),
  fromOperands('Maximum', (dy, a, b) => [
    () => where(tf.greaterEqual(a, b), dy),
    () => where(tf.less(a, b), dy),
  ]),
  fromOperands('Minimum', (dy, a, b) => [
    () => where(tf.lessEqual(a, b), dy),
    () => where(tf.greater(a, b), dy),
  ]),
  fromOperands('SquaredDifference', (dy, a, b) => {
    const slope = (): Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
    return [slope, () => tf.neg(slope())];
  }),
  {
    kernelName: 'Pow',
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    gradFunc: (dy, saved): Gradients => {
      const [a, b, y] = [saved[0]!, saved[1]!, saved[2]!];
      const positive = tf.greater(a, 0);
      return {
        a: () => summedTo(tf.mul(one(dy), tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a),
        b: () => summedTo(tf.mul(one(dy), tf.mul(y, tf.where(positive, tf.log(a), tf.zerosLike(a)))), b),
      };
    },
  },
];

/** Kernels of one operand, Softmax among them. */
export const functions: readonly GradConfig[] = [
  fromInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  fromInput('Log', (dy, x) => tf.div(dy, x)),
  fromInput('Log1p', (dy, x) => tf.div(dy, tf.add(x, 1))),
  fromInput('Neg', (dy) => tf.neg(dy)),
  fromInput('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  fromInput('Square', (dy, x) => tf.mul(dy, tf.mul(2, x))),
  fromInput('Sign', (dy) => tf.zerosLike(dy)),
  fromInput('Step', (dy) => tf.zerosLike(dy)),
  {
    kernelName: 'ClipByValue',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved): Gradients => ({ x: () => where(tf.equal(saved[0]!, saved[1]!), one(dy)) }),
  },
  fromOutput('Exp', (dy, y) => tf.mul(dy, y)),
  fromOutput('Expm1', (dy, y) => tf.mul(dy, tf.add(y, 1))),
  fromOutput('Reciprocal', (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  // y > 0 exactly where x > 0; reading y lets the product, bias and ReLU before it become one operator.
  fromOutput('Relu', (dy, y) => tf.mul(dy, tf.step(y))),
  fromOutput('Rsqrt', (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))))),
  fromOutput('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  fromOutput('Sqrt', (dy, y) => tf.div(dy, tf.mul(2, y))),
  fromOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  fromOutput('LogSoftmax', (dy, y) => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.exp(y))), 'logits'),
  fromOutput(
    'Softmax',
    (dy, y) => {
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
    },
    'logits',
  ),
];
