import * as tf from '@tensorflow/tfjs-core';
import { openProgram } from './program.js';

/** Products in one run, so that the cost of starting a run does not count. */
const PRODUCTS = 8;

/**
 * The fastest matrix product that one thread of onnxruntime reaches on this processor, in GFLOP/s: chained products of
 * square float32 matrices that fit the second-level cache.
 * @param clock milliseconds, e.g. `performance.now`
 */
export async function matmulPeak(clock: () => number, extent = 256, runs = 60): Promise<number> {
  const program = await openProgram(
    (inputs) => {
      let product = inputs['a']!;
      for (let i = 0; i < PRODUCTS; i++) product = tf.matMul(product, inputs['b']!);
      return { product };
    },
    { a: [extent, extent], b: [extent, extent] },
    { engine: 'onnx', threads: 1 },
  );
  const a = new Float32Array(extent * extent).fill(1 / extent);
  const inputs = { a, b: a.slice() };
  const into = { product: new Float32Array(extent * extent) };
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = clock();
    await program.run(inputs, into);
    fastest = Math.min(fastest, clock() - start);
  }
  await program.dispose();
  return (PRODUCTS * 2 * extent ** 3) / (fastest * 1e6);
}
