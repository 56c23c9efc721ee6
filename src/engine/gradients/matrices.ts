import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { fromInput, one, spread, where, type Gradients } from './rules.js';

export const reductions: readonly GradConfig[] = [
  fromInput('Sum', (dy, x, attributes) => spread(dy, x, attributes)),
  fromInput('Mean', (dy, x, attributes) => tf.div(spread(dy, x, attributes), x.size / dy.size)),
  {
    kernelName: 'Max',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes): Gradients => ({
      x: () =>
        where(
          tf.equal(saved[0]!, spread(saved[1]!, saved[0]!, attributes)),
          spread(one(dy), saved[0]!, attributes),
        ),
    }),
  },
];

export const products: readonly GradConfig[] = [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (gradient, saved, { transposeA, transposeB }): Gradients => {
      const dy = one(gradient);
      const [a, b] = [saved[0]!, saved[1]!];
      const [left, right] = [transposeA === true, transposeB === true];
      return {
        a: () => (left ? tf.matMul(b, dy, right, true) : tf.matMul(dy, b, false, !right)),
        b: () => (right ? tf.matMul(dy, a, true, left) : tf.matMul(a, dy, !left, false)),
      };
    },
  },
];
