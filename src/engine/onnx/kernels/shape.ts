import { util } from '@tensorflow/tfjs-core';
import { integer, sizeOf, word } from '../graph.js';
import { elementType } from '../traceBackend.js';
import { cast } from './elementwise.js';
import type { KernelCall, KernelTable } from './kernel.js';

function slice(call: KernelCall): string {
  const { graph } = call;
  const x = call.input('x');
  const { type, shape } = call.type(x);
  const begin = call.numbers('begin');
  const size = call
    .numbers('size')
    .map((extent, axis) => (extent < 0 ? shape[axis]! - begin[axis]! : extent));
  const cut = shape.flatMap((extent, axis) => (size[axis] === extent ? [] : [axis]));
  if (cut.length === 0) return x;
  const starts = cut.map((axis) => begin[axis]!);
  const ends = cut.map((axis) => begin[axis]! + size[axis]!);
  return graph.emit('Slice', [x, graph.list(starts), graph.list(ends), graph.list(cut)], {
    type,
    shape: size,
  });
}

function splitSizes(call: KernelCall, extent: number): number[] {
  const given = call.attribute('numOrSizeSplits');
  if (typeof given === 'number') return new Array<number>(given).fill(extent / given);
  const sizes = call.numbers('numOrSizeSplits');
  const rest = extent - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return sizes.map((size) => (size < 0 ? rest : size));
}

function gather(call: KernelCall): string {
  const x = call.input('x');
  const indices = call.input('indices');
  const batchAxes = call.attribute('batchDims') === undefined ? 0 : call.number('batchDims');
  if (batchAxes !== 0) throw new Error('the onnx engine gathers without batch axes only');
  const { type, shape } = call.type(x);
  const axis = util.parseAxisParam(call.number('axis'), [...shape])[0]!;
  const result = [...shape.slice(0, axis), ...call.type(indices).shape, ...shape.slice(axis + 1)];
  return call.graph.emit(
    'Gather',
    [x, indices],
    { type, shape: result },
    { attributes: { axis: integer(axis) } },
  );
}

const constantLike =
  (value: number) =>
  (call: KernelCall): string => {
    const { type, shape } = call.type(call.input('x'));
    if (type === 'int64') throw new Error(`tfjs kernel ${call.kernel}: unexpected int64 value`);
    return call.graph.fill(call.graph.scalar(value, type), shape);
  };

export const shapeKernels: KernelTable = {
  Concat: (call) => {
    const values = call.list();
    const axis = util.parseAxisParam(call.number('axis'), [...call.type(values[0]!).shape])[0]!;
    return call.graph.concat(
      values.filter((value) => sizeOf(call.type(value).shape) > 0),
      axis,
    );
  },
  ExpandDims: (call) => {
    const x = call.input('input');
    const { shape } = call.type(x);
    const dim = call.number('dim');
    const axis = dim < 0 ? shape.length + dim + 1 : dim;
    return call.graph.reshape(x, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  },
  Fill: (call) => {
    const type = call.attribute('dtype') === undefined ? 'float32' : elementType(call.word('dtype'));
    return call.graph.fill(call.graph.scalar(call.number('value'), type), call.numbers('shape'));
  },
  GatherV2: gather,
  Identity: (call) => call.input('x'),
  OnesLike: constantLike(1),
  Pack: (call) => {
    const values = call.list();
    const { shape } = call.type(values[0]!);
    const axis = call.number('axis');
    const raised = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
    return call.graph.concat(
      values.map((value) => call.graph.reshape(value, raised)),
      axis,
    );
  },
  PadV2: (call) => {
    const x = call.input('x');
    const { type, shape } = call.type(x);
    const paddings = call.pairs('paddings');
    const pads = call.graph.list([
      ...paddings.map(([before]) => before),
      ...paddings.map(([, after]) => after),
    ]);
    const padded = shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]);
    const value = call.graph.scalar(call.number('constantValue'));
    return call.graph.emit('Pad', [x, pads, value], { type, shape: padded });
  },
  Reshape: (call) => {
    const x = call.input('x');
    const shape = util.inferFromImplicitShape(call.numbers('shape'), sizeOf(call.type(x).shape));
    return call.graph.reshape(x, shape);
  },
  Reverse: (call) => {
    const { graph } = call;
    const x = call.input('x');
    const { type, shape } = call.type(x);
    const dims = call.attribute('dims');
    const axes = util.parseAxisParam(typeof dims === 'number' ? dims : call.numbers('dims'), [...shape]);
    if (axes.length === 0) return x;
    const inputs = [
      x,
      graph.list(axes.map(() => -1)),
      graph.list(axes.map((axis) => -shape[axis]! - 1)),
      graph.list(axes),
      graph.list(axes.map(() => -1)),
    ];
    return graph.emit('Slice', inputs, { type, shape });
  },
  // Updates of equal indices are summed, as in tfjs.
  ScatterNd: (call) => {
    const { graph } = call;
    const updates = call.input('updates');
    const { type } = call.type(updates);
    if (type === 'int64') throw new Error('tfjs kernel ScatterNd: unexpected int64 value');
    const shape = call.numbers('shape');
    const zeros = graph.fill(graph.scalar(0, type), shape);
    const indices = cast(graph, call.input('indices'), 'int64');
    return graph.emit(
      'ScatterND',
      [zeros, indices, updates],
      { type, shape },
      { attributes: { reduction: word('add') } },
    );
  },
  Slice: slice,
  SplitV: (call) => {
    const x = call.input('x');
    const { shape } = call.type(x);
    const axis = util.parseAxisParam(call.number('axis'), [...shape])[0]!;
    return call.graph.split(x, splitSizes(call, shape[axis]!), axis);
  },
  Tile: (call) => {
    const x = call.input('x');
    const { type, shape } = call.type(x);
    const reps = call.numbers('reps');
    if (reps.every((count) => count === 1)) return x;
    const tiled = { type, shape: shape.map((extent, axis) => extent * reps[axis]!) };
    return shape.every((extent, axis) => extent === 1 || reps[axis] === 1)
      ? call.graph.emit('Expand', [x, call.graph.list(tiled.shape)], tiled)
      : call.graph.emit('Tile', [x, call.graph.list(reps)], tiled);
  },
  Unpack: (call) => {
    const x = call.input('value');
    const { shape } = call.type(x);
    const axis = util.parseAxisParam(call.number('axis'), [...shape])[0]!;
    const rest = shape.filter((_, i) => i !== axis);
    return call.graph
      .split(x, new Array<number>(shape[axis]!).fill(1), axis)
      .map((piece) => call.graph.reshape(piece, rest));
  },
  ZerosLike: constantLike(0),
};
