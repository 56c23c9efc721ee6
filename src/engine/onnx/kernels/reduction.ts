import { util } from '@tensorflow/tfjs-core';
import type { Shape } from '../../contract.js';
import { integer, type Graph } from '../graph.js';
import { cast } from './elementwise.js';
import type { KernelCall, KernelTable, TraceKernel } from './kernel.js';

/** Reduced axes in ascending order; all of them when tfjs gives none. */
function axesOf(call: KernelCall, shape: Shape): number[] {
  // tfjs names the axes of Max differently from those of all other reductions.
  const name = call.kernel === 'Max' ? 'reductionIndices' : 'axis';
  const given = call.attribute(name);
  const axes =
    given === undefined || given === null
      ? shape.map((_, axis) => axis)
      : util.parseAxisParam(typeof given === 'number' ? given : call.numbers(name), [...shape]);
  return axes.sort((a, b) => a - b);
}

const without = (shape: Shape, axes: readonly number[], keep: boolean): Shape =>
  keep
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));

function reduce(graph: Graph, operator: string, x: string, axes: readonly number[], keep: boolean): string {
  const { type, shape } = graph.type(x);
  if (axes.length === 0) return x;
  return graph.emit(
    operator,
    [x, graph.list(axes)],
    { type, shape: without(shape, axes, keep) },
    { attributes: { keepdims: integer(keep ? 1 : 0) } },
  );
}

const reduction =
  (operator: string): TraceKernel =>
  (call) => {
    const x = call.input('x');
    return reduce(call.graph, operator, x, axesOf(call, call.type(x).shape), call.flag('keepDims'));
  };

/** Booleans are reduced as integers: any is their maximum, all their minimum. */
const logical =
  (operator: string): TraceKernel =>
  (call) => {
    const { graph } = call;
    const x = call.input('x');
    const numbers = cast(graph, x, 'int32');
    const axes = axesOf(call, call.type(x).shape);
    return cast(graph, reduce(graph, operator, numbers, axes, call.flag('keepDims')), 'bool');
  };

const index =
  (operator: string): TraceKernel =>
  (call) => {
    const { graph } = call;
    const x = call.input('x');
    const { shape } = call.type(x);
    const axes = axesOf(call, shape);
    if (axes.length !== 1) throw new Error(`tfjs kernel ${call.kernel}: one axis expected`);
    const found = graph.emit(
      operator,
      [x],
      { type: 'int64', shape: without(shape, axes, false) },
      { attributes: { axis: integer(axes[0]!), keepdims: integer(0) } },
    );
    return cast(graph, found, 'int32');
  };

const alongLastAxis =
  (operator: string, input: string): TraceKernel =>
  (call) => {
    const x = call.input(input);
    return call.graph.emit(operator, [x], call.type(x), { attributes: { axis: integer(-1) } });
  };

export const reductionKernels: KernelTable = {
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: index('ArgMax'),
  ArgMin: index('ArgMin'),
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Softmax: alongLastAxis('Softmax', 'logits'),
  LogSoftmax: alongLastAxis('LogSoftmax', 'logits'),
  Sum: reduction('ReduceSum'),
  Cumsum: (call) => {
    const x = call.input('x');
    const axis = call.graph.constant(
      'int64',
      [],
      new Uint8Array(BigInt64Array.of(BigInt(call.number('axis'))).buffer),
    );
    return call.graph.emit('CumSum', [x, axis], call.type(x), {
      attributes: {
        exclusive: integer(call.flag('exclusive') ? 1 : 0),
        reverse: integer(call.flag('reverse') ? 1 : 0),
      },
    });
  },
};
