import { broadcast_util } from '@tensorflow/tfjs-core';
import type { Shape } from '../../contract.js';
import { integer, integers, sizeOf, type Graph } from '../graph.js';
import type { KernelCall, KernelTable } from './kernel.js';

const swapped = (shape: Shape): Shape => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

/** a·b over the last two axes; batch axes broadcast. */
function product(graph: Graph, a: string, b: string, transposeA: boolean, transposeB: boolean): string {
  const typeA = graph.type(a);
  const typeB = graph.type(b);
  const shapeA = transposeA ? swapped(typeA.shape) : typeA.shape;
  const shapeB = transposeB ? swapped(typeB.shape) : typeB.shape;
  const rows = shapeA.at(-2)!;
  const columns = shapeB.at(-1)!;
  const batchA = shapeA.slice(0, -2);
  const batchB = shapeB.slice(0, -2);
  const shape = [...broadcast_util.assertAndGetBroadcastShape([...batchA], [...batchB]), rows, columns];
  if (sizeOf(batchA) === 1 && sizeOf(batchB) === 1) {
    const flat = graph.emit(
      'Gemm',
      [graph.reshape(a, typeA.shape.slice(-2)), graph.reshape(b, typeB.shape.slice(-2))],
      { type: typeA.type, shape: [rows, columns] },
      {
        attributes: { transA: integer(transposeA ? 1 : 0), transB: integer(transposeB ? 1 : 0) },
      },
    );
    return graph.reshape(flat, shape);
  }
  // onnxruntime's own operator transposes while it multiplies, where ONNX would need a copy.
  return graph.emit(
    'FusedMatMul',
    [a, b],
    { type: typeA.type, shape },
    {
      domain: 'com.microsoft',
      attributes: { transA: integer(transposeA ? 1 : 0), transB: integer(transposeB ? 1 : 0) },
    },
  );
}

const activations: Readonly<Record<string, string>> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  elu: 'Elu',
};

function fusedProduct(call: KernelCall): string {
  const { graph } = call;
  const plain = product(
    graph,
    call.input('a'),
    call.input('b'),
    call.flag('transposeA'),
    call.flag('transposeB'),
  );
  const type = graph.type(plain);
  const bias = call.optional('bias');
  const shifted = bias === undefined ? plain : graph.emit('Add', [plain, bias], type);
  const activation = call.word('activation');
  if (activation === 'linear') return shifted;
  const operator = activations[activation];
  if (operator === undefined) throw new Error(`the onnx engine has no fused activation ${activation}`);
  return graph.emit(operator, [shifted], type);
}

export const matrixKernels: KernelTable = {
  BatchMatMul: (call) =>
    product(call.graph, call.input('a'), call.input('b'), call.flag('transposeA'), call.flag('transposeB')),
  _FusedMatMul: fusedProduct,
  Transpose: (call) => {
    const x = call.input('x');
    const perm = call.numbers('perm');
    const { type, shape } = call.type(x);
    if (perm.every((axis, i) => axis === i)) return x;
    return call.graph.emit(
      'Transpose',
      [x],
      { type, shape: perm.map((axis) => shape[axis]!) },
      { attributes: { perm: integers(perm) } },
    );
  },
};
