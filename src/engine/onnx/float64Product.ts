import * as ort from 'onnxruntime-node';
import { nativeCall } from '../nativeCalls.js';
import { encodeModel } from './protobuf.js';

/** A product of float64 matrices of fixed shapes on one thread, for sums whose digits count. */
export interface Float64Product {
  /**
   * Writes a·b to `into`.
   *
   * @param a [rows · inner] row-major
   * @param b [inner · columns] row-major
   * @param into [rows · columns]
   */
  run(a: Float64Array, b: Float64Array, into: Float64Array): Promise<void>;
  dispose(): Promise<void>;
}

/** Opens an onnxruntime session for products of these shapes. Engines of training steps compute in float32 only. */
export async function openFloat64Product(
  rows: number,
  inner: number,
  columns: number,
): Promise<Float64Product> {
  const shapes = { a: [rows, inner], b: [inner, columns], product: [rows, columns] };
  const model = encodeModel({
    name: 'float64Product',
    nodes: [
      {
        name: 'product',
        operator: 'MatMul',
        domain: '',
        inputs: ['a', 'b'],
        outputs: ['product'],
        attributes: {},
      },
    ],
    constants: [],
    inputs: [
      { name: 'a', type: 'float64', shape: shapes.a },
      { name: 'b', type: 'float64', shape: shapes.b },
    ],
    outputs: [{ name: 'product', type: 'float64', shape: shapes.product }],
  });
  const session = await nativeCall(() =>
    ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    }),
  );
  const tensor = (array: Float64Array, shape: readonly number[]): ort.Tensor =>
    new ort.Tensor('float64', array, shape);
  return {
    async run(a, b, into) {
      const feeds = { a: tensor(a, shapes.a), b: tensor(b, shapes.b) };
      await nativeCall(() => session.run(feeds, { product: tensor(into, shapes.product) }));
    },
    dispose: () => session.release(),
  };
}
