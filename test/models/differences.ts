import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compileStep } from '../../src/engine/compile.js';
import type { Shape } from '../../src/engine/contract.js';
import { random } from '../../src/engine/random.js';
import { sizeOf } from './support.js';

/** Double-precision values of the inputs of a function, by name. */
export type Numbers = Record<string, Float64Array>;

/** Central differences of a function of double precision, at every number of every input. */
export function differences(f: (at: Numbers) => number, at: Numbers): Numbers {
  const h = 1e-5;
  return Object.fromEntries(
    Object.entries(at).map(([name, values]) => [
      name,
      values.map((value, i) => {
        const moved = (by: number): number => f({ ...at, [name]: values.with(i, value + by) });
        return (moved(h) - moved(-h)) / (2 * h);
      }),
    ]),
  );
}

/** The gradients of a scalar function of tensors with respect to all its inputs, on both engines. */
export async function gradients(
  f: (inputs: Record<string, Tensor>) => Tensor,
  shapes: Readonly<Record<string, Shape>>,
  at: Numbers,
): Promise<Record<string, Float32Array>[]> {
  const names = Object.keys(shapes);
  const found = [];
  for (const engine of ['cpu', 'onnx'] as const) {
    const compiled = await compileStep(
      (inputs) => {
        const slopes = tf.grads((...tensors: Tensor[]) =>
          f(Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))),
        )(names.map((name) => inputs[name]!));
        return Object.fromEntries(names.map((name, i) => [name, slopes[i]!]));
      },
      shapes,
      { engine },
    );
    const single = Object.fromEntries(names.map((name) => [name, Float32Array.from(at[name]!)]));
    found.push(await compiled.run(single));
    await compiled.dispose();
  }
  return found;
}

/** Numbers that float32 holds exactly, so that both sides start from the same. */
export const drawn = (shapes: Readonly<Record<string, Shape>>, name: string): Numbers => {
  const stream = random('differences', name);
  return Object.fromEntries(
    Object.entries(shapes).map(([input, shape]) => [
      input,
      Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(0.8 * stream.normal())),
    ]),
  );
};
