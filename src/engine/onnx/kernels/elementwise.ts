import { broadcast_util } from '@tensorflow/tfjs-core';
import type { Shape } from '../../contract.js';
import { integer, type ElementType, type Graph, type ValueType } from '../graph.js';
import { elementType } from '../traceBackend.js';
import type { KernelCall, KernelTable, TraceKernel } from './kernel.js';

const ONNX_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

export function cast(graph: Graph, value: string, type: ElementType): string {
  const from = graph.type(value);
  if (from.type === type) return value;
  return graph.emit(
    'Cast',
    [value],
    { type, shape: from.shape },
    { attributes: { to: integer(ONNX_TYPE[type]) } },
  );
}

const broadcast = (a: Shape, b: Shape): Shape => broadcast_util.assertAndGetBroadcastShape([...a], [...b]);

/** The same operator with the same meaning in ONNX. */
const unary =
  (operator: string): TraceKernel =>
  (call) => {
    const x = call.input('x');
    return call.graph.emit(operator, [x], call.type(x));
  };

function operands(call: KernelCall): readonly [a: string, b: string, result: ValueType] {
  const a = call.input('a');
  const b = call.input('b');
  const { type, shape } = call.type(a);
  return [a, b, { type, shape: broadcast(shape, call.type(b).shape) }];
}

const binary =
  (operator: string): TraceKernel =>
  (call) => {
    const [a, b, result] = operands(call);
    return call.graph.emit(operator, [a, b], result);
  };

const comparison =
  (operator: string): TraceKernel =>
  (call) => {
    const [a, b, { shape }] = operands(call);
    return call.graph.emit(operator, [a, b], { type: 'bool', shape });
  };

const negated =
  (kernel: TraceKernel): TraceKernel =>
  (call) => {
    const value = kernel(call);
    if (typeof value !== 'string') throw new Error('only single values can be negated');
    return call.graph.emit('Not', [value], call.type(value));
  };

function squaredDifference(call: KernelCall): string {
  const [a, b, result] = operands(call);
  const difference = call.graph.emit('Sub', [a, b], result);
  return call.graph.emit('Mul', [difference, difference], result);
}

/** 1 where x > 0, alpha elsewhere (0 by default). */
function step(call: KernelCall): string {
  const x = call.input('x');
  const { shape } = call.type(x);
  const alpha = call.attribute('alpha') === undefined ? 0 : call.number('alpha');
  const positive = call.graph.emit('Greater', [x, call.graph.scalar(0)], { type: 'bool', shape });
  if (alpha === 0) return cast(call.graph, positive, 'float32');
  const values = [call.graph.scalar(1), call.graph.scalar(alpha)];
  return call.graph.emit('Where', [positive, ...values], { type: 'float32', shape });
}

function select(call: KernelCall): string {
  const condition = call.input('condition');
  const t = call.input('t');
  const e = call.input('e');
  return call.graph.emit('Where', [condition, t, e], call.type(t));
}

export const elementwiseKernels: KernelTable = {
  Abs: unary('Abs'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Elu: unary('Elu'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Log: unary('Log'),
  LogicalNot: unary('Not'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Tanh: unary('Tanh'),
  Add: binary('Add'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Multiply: binary('Mul'),
  Pow: binary('Pow'),
  RealDiv: binary('Div'),
  Sub: binary('Sub'),
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  NotEqual: negated(comparison('Equal')),
  SquaredDifference: squaredDifference,
  Step: step,
  Select: select,
  Square: (call) => {
    const x = call.input('x');
    return call.graph.emit('Mul', [x, x], call.type(x));
  },
  Rsqrt: (call) => {
    const x = call.input('x');
    const root = call.graph.emit('Sqrt', [x], call.type(x));
    return call.graph.emit('Reciprocal', [root], call.type(x));
  },
  Log1p: (call) => {
    const x = call.input('x');
    const shifted = call.graph.emit('Add', [x, call.graph.scalar(1)], call.type(x));
    return call.graph.emit('Log', [shifted], call.type(x));
  },
  Expm1: (call) => {
    const x = call.input('x');
    const exponential = call.graph.emit('Exp', [x], call.type(x));
    return call.graph.emit('Sub', [exponential, call.graph.scalar(1)], call.type(x));
  },
  ClipByValue: (call) => {
    const x = call.input('x');
    const low = call.graph.scalar(call.number('clipValueMin'));
    const high = call.graph.scalar(call.number('clipValueMax'));
    return call.graph.emit('Clip', [x, low, high], call.type(x));
  },
  Relu6: (call) => {
    const x = call.input('x');
    return call.graph.emit('Clip', [x, call.graph.scalar(0), call.graph.scalar(6)], call.type(x));
  },
  Cast: (call) => {
    return cast(call.graph, call.input('x'), elementType(call.word('dtype')));
  },
};
