import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Shape, Step } from '../../src/engine/contract.js';
import { traceKernels } from '../../src/engine/onnx/kernels/table.js';
import { random } from '../../src/engine/random.js';

type Operation = (a: Tensor, b: Tensor) => Tensor | readonly Tensor[];

interface Case {
  readonly kernel: string;
  readonly a: Shape;
  readonly b?: Shape;
  readonly run: Operation;
  /** Maps the normals that both operands are filled with. */
  readonly domain?: (x: number) => number;
}

const positive = (x: number): number => Math.abs(x) + 0.1;
const rounded = (x: number): number => Math.round(x);

const unary = (kernel: string, run: (x: Tensor) => Tensor, domain?: (x: number) => number): Case[] =>
  [[7], [2, 3, 4]].map((a) => ({ kernel, a, run, ...(domain === undefined ? {} : { domain }) }));

/** Equal shapes, scalars, rows, columns and both sides broadcast. */
const binary = (kernel: string, run: Operation, domain?: (x: number) => number): Case[] =>
  (
    [
      [
        [3, 4],
        [3, 4],
      ],
      [[3, 4], []],
      [[], [3, 4]],
      [[3, 4], [4]],
      [
        [3, 1],
        [3, 4],
      ],
      [
        [2, 1, 4],
        [3, 1],
      ],
    ] as const
  ).map(([a, b]) => ({ kernel, a, b, run, ...(domain === undefined ? {} : { domain }) }));

const reduction = (kernel: string, run: (x: Tensor, axis?: number[], keep?: boolean) => Tensor): Case[] =>
  ([[undefined], [[0]], [[1, 2], true], [[-1]], [[0, 2]]] as const).map(([axis, keep]) => ({
    kernel,
    a: [2, 3, 4],
    run: (x) => run(x, axis === undefined ? undefined : [...axis], keep ?? false),
  }));

const products: Case[] = [
  [[3, 4], [4, 5], false, false],
  [[4, 3], [4, 5], true, false],
  [[3, 4], [5, 4], false, true],
  [[4, 3], [5, 4], true, true],
  [[2, 3, 4], [2, 4, 5], false, false],
  [[2, 4, 3], [2, 4, 5], true, false],
  [[2, 3, 4], [2, 5, 4], false, true],
  [[2, 4, 3], [2, 5, 4], true, true],
  [[2, 3, 4], [1, 4, 5], false, false],
  [[1, 3, 4], [1, 5, 4], false, true],
].map(([a, b, left, right]) => ({
  kernel: 'BatchMatMul',
  a: a as number[],
  b: b as number[],
  run: (x, y) => tf.matMul(x, y, left as boolean, right as boolean),
}));

const truth = (x: Tensor): Tensor => tf.greater(x, 0);

const cases: readonly Case[] = [
  ...unary('Abs', tf.abs),
  ...unary('Ceil', tf.ceil),
  ...unary('Cos', tf.cos),
  ...unary('Elu', tf.elu),
  ...unary('Erf', tf.erf),
  ...unary('Exp', tf.exp),
  ...unary('Expm1', tf.expm1),
  ...unary('Floor', tf.floor),
  ...unary('Log', tf.log, positive),
  ...unary('Log1p', tf.log1p, positive),
  ...unary('Neg', tf.neg),
  ...unary('Reciprocal', tf.reciprocal, positive),
  ...unary('Relu', tf.relu),
  ...unary('Relu6', (x) => tf.relu6(tf.mul(x, 5))),
  ...unary('Round', tf.round),
  ...unary('Rsqrt', tf.rsqrt, positive),
  ...unary('Sigmoid', tf.sigmoid),
  ...unary('Sign', tf.sign, rounded),
  ...unary('Sin', tf.sin),
  ...unary('Softplus', tf.softplus),
  ...unary('Sqrt', tf.sqrt, positive),
  ...unary('Square', tf.square),
  ...unary('Step', (x) => tf.step(x), rounded),
  ...unary('Step', (x) => tf.step(x, 0.3), rounded),
  ...unary('Tanh', tf.tanh),
  ...unary('ClipByValue', (x) => tf.clipByValue(x, -0.5, 0.7)),
  ...unary('LogicalNot', (x) => tf.logicalNot(truth(x))),
  ...unary('OnesLike', tf.onesLike),
  ...unary('ZerosLike', tf.zerosLike),
  ...unary('Identity', (x) => tf.clone(x)),
  ...unary('Fill', (x) => tf.add(x, tf.fill(x.shape, 1.5))),
  ...unary('Cast', (x) => tf.cast(x, 'int32'), rounded),
  ...unary('Cast', (x) => tf.cast(tf.cast(x, 'bool'), 'float32'), rounded),
  ...binary('Add', tf.add),
  ...binary('Maximum', tf.maximum),
  ...binary('Minimum', tf.minimum),
  ...binary('Multiply', tf.mul),
  ...binary('Pow', tf.pow, positive),
  ...binary('RealDiv', tf.div, positive),
  ...binary('SquaredDifference', tf.squaredDifference),
  ...binary('Sub', tf.sub),
  ...binary('Equal', tf.equal, rounded),
  ...binary('NotEqual', tf.notEqual, rounded),
  ...binary('Greater', tf.greater, rounded),
  ...binary('GreaterEqual', tf.greaterEqual, rounded),
  ...binary('Less', tf.less, rounded),
  ...binary('LessEqual', tf.lessEqual, rounded),
  ...binary('LogicalAnd', (a, b) => tf.logicalAnd(truth(a), truth(b))),
  ...binary('LogicalOr', (a, b) => tf.logicalOr(truth(a), truth(b))),
  { kernel: 'Select', a: [3, 4], b: [3, 4], run: (a, b) => tf.where(tf.greater(a, b), a, b) },
  ...products,
  {
    kernel: '_FusedMatMul',
    a: [3, 4],
    b: [4, 5],
    run: (a, b) => tf.fused.matMul({ a, b, bias: tf.ones([5]), activation: 'relu' }),
  },
  ...[
    [0, 1, 2],
    [2, 0, 1],
    [1, 0, 2],
    [0, 2, 1],
  ].map((perm): Case => ({ kernel: 'Transpose', a: [2, 3, 4], run: (x) => tf.transpose(x, perm) })),
  ...reduction('Sum', tf.sum),
  ...reduction('Mean', tf.mean),
  ...reduction('Max', tf.max),
  ...reduction('Min', tf.min),
  ...reduction('Prod', tf.prod),
  ...reduction('All', (x, axis, keep) => tf.all(tf.cast(truth(tf.add(x, 1)), 'bool'), axis, keep)),
  ...reduction('Any', (x, axis, keep) => tf.any(tf.cast(truth(tf.sub(x, 1)), 'bool'), axis, keep)),
  ...[0, 1, 2].flatMap((axis): Case[] => [
    { kernel: 'ArgMax', a: [2, 3, 4], run: (x) => tf.argMax(x, axis) },
    { kernel: 'ArgMin', a: [2, 3, 4], run: (x) => tf.argMin(x, axis) },
    { kernel: 'Cumsum', a: [2, 3, 4], run: (x) => tf.cumsum(x, axis) },
    { kernel: 'Cumsum', a: [2, 3, 4], run: (x) => tf.cumsum(x, axis, true) },
    { kernel: 'Cumsum', a: [2, 3, 4], run: (x) => tf.cumsum(x, axis, true, true) },
    { kernel: 'Concat', a: [2, 3, 4], b: [2, 3, 4], run: (a, b) => tf.concat([a, b, a], axis) },
    { kernel: 'ExpandDims', a: [2, 3], run: (x) => tf.expandDims(x, axis) },
    { kernel: 'Pack', a: [2, 3], b: [2, 3], run: (a, b) => tf.stack([a, b], axis) },
    { kernel: 'Reverse', a: [2, 3, 4], run: (x) => tf.reverse(x, axis) },
    { kernel: 'Unpack', a: [2, 3, 4], run: (x) => tf.unstack(x, axis) },
  ]),
  { kernel: 'Reverse', a: [2, 3, 4], run: (x) => tf.reverse(x, [0, 2]) },
  ...[
    [3, 4],
    [2, 3, 4],
  ].flatMap((a): Case[] => [
    { kernel: 'Softmax', a, run: (x) => tf.softmax(x) },
    { kernel: 'LogSoftmax', a, run: (x) => tf.logSoftmax(x) },
  ]),
  {
    kernel: 'GatherV2',
    a: [3, 4],
    run: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 0),
  },
  {
    kernel: 'GatherV2',
    a: [3, 4],
    run: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [3, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
      ),
  },
  {
    kernel: 'PadV2',
    a: [2, 3],
    run: (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 3],
        ],
        0.5,
      ),
  },
  { kernel: 'Reshape', a: [2, 3, 4], run: (x) => tf.reshape(x, [4, -1]) },
  {
    kernel: 'ScatterNd',
    a: [4, 3],
    // Row 2 is hit twice, row 1 never.
    run: (x) => tf.scatterND(tf.tensor2d([2, 0, 2, 4], [4, 1], 'int32'), x, [5, 3]),
  },
  { kernel: 'Slice', a: [4, 5], run: (x) => tf.slice(x, [1, 2], [2, -1]) },
  { kernel: 'Slice', a: [4, 5], run: (x) => tf.slice(x, [0, 1], [4, 2]) },
  { kernel: 'SplitV', a: [4, 6], run: (x) => tf.split(x, 3, 1) },
  { kernel: 'SplitV', a: [4, 6], run: (x) => tf.split(x, [1, 3], 0) },
  { kernel: 'SplitV', a: [6], run: (x) => tf.split(x, [1, 2, 3]) },
  { kernel: 'Tile', a: [2, 3], run: (x) => tf.tile(x, [2, 2]) },
  { kernel: 'Tile', a: [1, 3], run: (x) => tf.tile(x, [4, 1]) },
];

const asTensors = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  result instanceof tf.Tensor ? [result] : result;

describe('tracing kernels', () => {
  it('are all covered here', () => {
    const covered = new Set(cases.map(({ kernel }) => kernel));
    expect([...covered].sort()).toEqual(Object.keys(traceKernels).sort());
  });

  it.each(cases.map((item, i) => ({ ...item, i })))(
    '$kernel on $a $b agrees with tfjs-backend-cpu',
    async ({ a, b = [2], run, domain = (x) => x, i }) => {
      const generator = random('kernels', i);
      const draw = (shape: Shape): Float32Array =>
        generator
          .fillNormal(new Float32Array(shape.reduce((product, extent) => product * extent, 1)))
          .map(domain);
      const inputs = { a: draw(a), b: draw(b) };
      const step: Step = ({ a: left, b: right }) =>
        Object.fromEntries(
          asTensors(run(left!, right!)).map((tensor, k) => [String(k), tf.cast(tensor, 'float32')]),
        );
      const results: Record<string, Float32Array>[] = [];
      for (const engine of ['onnx', 'cpu'] as const) {
        const compiled = await compileStep(step, { a, b }, { engine });
        results.push(await compiled.run(inputs));
        await compiled.dispose();
      }
      const [onnx, cpu] = results;
      expect(Object.keys(onnx!)).toEqual(Object.keys(cpu!));
      for (const [name, expected] of Object.entries(cpu!)) {
        expect(onnx![name]).toHaveLength(expected.length);
        expected.forEach((value, k) => {
          expect(Math.abs(onnx![name]![k]! - value)).toBeLessThan(2e-6 * (1 + Math.abs(value)));
        });
      }
    },
  );
});
