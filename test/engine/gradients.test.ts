import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Shape } from '../../src/engine/contract.js';
import { random } from '../../src/engine/random.js';

type Operation = (a: Tensor, b: Tensor) => Tensor;
type Case = readonly [
  name: string,
  a: Shape,
  b: Shape,
  run: Operation,
  domain?: ((x: number) => number) | undefined,
];

const apart = (x: number): number => x + 0.25 * Math.sign(x);
const positive = (x: number): number => Math.abs(x) + 0.5;
const ramp = (x: Tensor): Tensor =>
  tf.reshape(tf.tensor1d(Float32Array.from({ length: x.size }, (_, i) => 0.3 + 0.1 * i)), x.shape);

/** Broadcast on both sides, so that every operand's gradient has to be summed somewhere. */
const both = (name: string, run: Operation, domain?: (x: number) => number): Case[] => [
  [name, [2, 1, 3], [4, 1], run, domain],
  [name, [3], [2, 3], run, domain],
  [name, [2, 3], [], run, domain],
];
const single = (name: string, run: (x: Tensor) => Tensor, domain?: (x: number) => number): Case => [
  name,
  [2, 3],
  [1],
  (a) => run(a),
  domain,
];

const cases: readonly Case[] = [
  ...both('Add', tf.add),
  ...both('Sub', tf.sub),
  ...both('Multiply', tf.mul),
  ...both('RealDiv', tf.div, positive),
  ...both('Maximum', tf.maximum),
  ...both('Minimum', tf.minimum),
  ...both('SquaredDifference', tf.squaredDifference),
  ...both('Pow', tf.pow, positive),
  single('Abs', tf.abs, apart),
  single('Log', tf.log, positive),
  single('Log1p', tf.log1p, positive),
  single('Neg', tf.neg),
  single('Softplus', tf.softplus),
  single('Square', tf.square),
  single('Sign', (x) => tf.add(tf.sign(x), x), apart),
  single('Step', (x) => tf.add(tf.step(x), x), apart),
  single('ClipByValue', (x) => tf.clipByValue(x, -0.7, 0.6)),
  single('Exp', tf.exp),
  single('Expm1', tf.expm1),
  single('Reciprocal', tf.reciprocal, positive),
  single('Relu', tf.relu, apart),
  single('Rsqrt', tf.rsqrt, positive),
  single('Sigmoid', tf.sigmoid),
  single('Sqrt', tf.sqrt, positive),
  single('Tanh', tf.tanh),
  single('LogSoftmax', (x) => tf.logSoftmax(x)),
  single('Softmax', (x) => tf.softmax(x)),
  single('Sum', (x) => tf.sum(x, 1)),
  single('Sum of all', (x) => tf.sum(x)),
  single('Mean', (x) => tf.mean(x, 0, true)),
  single('Max', (x) => tf.max(x, 1)),
  single('Cast and Identity', (x) => tf.cast(tf.clone(x), 'float32')),
  single('Reshape', (x) => tf.reshape(x, [3, 2])),
  single('ExpandDims', (x) => tf.expandDims(x, 1)),
  ['Transpose', [2, 3, 4], [1], (x) => tf.transpose(x, [2, 0, 1])],
  ['Concat', [2, 3], [2, 1], (a, b) => tf.concat([a, b, a], 1)],
  single('SplitV', (x) => tf.mul(tf.split(x, [1, 2], 1)[0]!, tf.split(x, [1, 2], 1)[1]!)),
  ['Pack', [2, 3], [2, 3], (a, b) => tf.stack([a, tf.square(b), a], 1)],
  single('Unpack', (x) => tf.mul(tf.unstack(x)[0]!, tf.unstack(x)[1]!)),
  single('SplitV into one piece', (x) => tf.square(tf.split(x, 1, 1)[0]!)),
  single('Unpack of one piece', (x) => tf.square(tf.unstack(tf.reshape(x, [1, 6]))[0]!)),
  single('Slice', (x) => tf.slice(x, [0, 1], [2, 1])),
  [
    'GatherV2 with repeated and unused rows',
    [4, 3],
    [1],
    (x) => tf.square(tf.gather(x, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32'))),
  ],
  single('PadV2', (x) =>
    tf.pad(x, [
      [1, 0],
      [0, 2],
    ]),
  ),
  single('Tile', (x) => tf.tile(x, [2, 3])),
  ['Select', [2, 3], [2, 3], (a, b) => tf.where(tf.greater(ramp(a), 0.5), tf.square(a), tf.exp(b))],
  ['MatMul', [2, 3], [3, 4], (a, b) => tf.matMul(a, b)],
  ['MatMul aᵀ', [3, 2], [3, 4], (a, b) => tf.matMul(a, b, true)],
  ['MatMul bᵀ', [2, 3], [4, 3], (a, b) => tf.matMul(a, b, false, true)],
  ['MatMul aᵀbᵀ', [3, 2], [4, 3], (a, b) => tf.matMul(a, b, true, true)],
  ['MatMul, batch', [2, 3, 2], [2, 3, 4], (a, b) => tf.matMul(a, b, true)],
];

describe('gradients', () => {
  it.each(cases.map(([name, a, b, run, domain], i) => ({ name, a, b, run, domain, i })))(
    '$name on $a and $b agree with central differences',
    async ({ a, b, run, domain = (x: number) => x, i }) => {
      const generator = random('gradients', i);
      const draw = (shape: Shape): Float32Array =>
        generator
          .fillNormal(new Float32Array(shape.reduce((product, extent) => product * extent, 1)))
          .map(domain);
      const objective = (x: Tensor, y: Tensor): Tensor => {
        const result = run(x, y);
        return tf.sum(tf.mul(result, ramp(result)));
      };
      const step = await compileStep(
        ({ a: x, b: y }) => {
          const { value, grads } = tf.valueAndGrads((p: Tensor, q: Tensor) =>
            tf.add(objective(p, q), tf.mul(0, tf.sum(q))),
          )([x!, y!]);
          return { value, a: grads[0]!, b: grads[1]! };
        },
        { a, b },
        { engine: 'cpu' },
      );
      const inputs = { a: draw(a), b: draw(b) };
      const analytic = await step.run(inputs);
      const h = 1e-2;
      for (const name of ['a', 'b'] as const) {
        for (let k = 0; k < inputs[name].length; k++) {
          const at = async (shift: number): Promise<number> => {
            const moved = inputs[name].slice();
            moved[k] = moved[k]! + shift;
            return (await step.run({ ...inputs, [name]: moved }))['value']![0]!;
          };
          // Fourth-order differences: the error is that of float32 rounding over h, about 1e-4 of the value.
          const slope =
            (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
          const found = analytic[name]![k]!;
          expect(Math.abs(found - slope)).toBeLessThan(
            4e-3 * (1 + Math.abs(slope) + Math.abs(analytic['value']![0]!)),
          );
        }
      }
      await step.dispose();
    },
  );
});
