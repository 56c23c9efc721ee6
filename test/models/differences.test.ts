import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Shape } from '../../src/engine/contract.js';
import { random } from '../../src/engine/random.js';
import { gru } from '../../src/models/gru.js';
import { gaussianDivergence } from '../../src/models/layers.js';
import { sizeOf } from './support.js';

type Numbers = Record<string, Float64Array>;

/** Central differences of a function of double precision, at every number of every input. */
function differences(f: (at: Numbers) => number, at: Numbers): Numbers {
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
async function gradients(
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
const drawn = (shapes: Readonly<Record<string, Shape>>, name: string): Numbers => {
  const stream = random('differences', name);
  return Object.fromEntries(
    Object.entries(shapes).map(([input, shape]) => [
      input,
      Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(0.8 * stream.normal())),
    ]),
  );
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('T4: automatic differentiation against finite differences', () => {
  it('GRU: inputs of gates and candidate, start, and all weights of the state', async () => {
    const [steps, rows, units] = [3, 2, 3];
    const shapes = {
      gates: [steps * rows, 2 * units],
      candidate: [steps * rows, units],
      start: [rows, units],
      gatesState: [units, 2 * units],
      candidateState: [units, units],
      candidateBias: [units],
    };
    const at = drawn(shapes, 'gru');
    const weight = drawn({ outer: [steps * rows, units] }, 'gru-outer')['outer']!;
    const plain = (x: Numbers): number => {
      let total = 0;
      for (let row = 0; row < rows; row++) {
        let state = x['start']!.slice(row * units, (row + 1) * units);
        for (let t = 0; t < steps; t++) {
          const from = t * rows + row;
          const product = (matrix: Float64Array, width: number, column: number): number =>
            state.reduce((sum, value, k) => sum + value * matrix[k * width + column]!, 0);
          const gate = (column: number): number =>
            sigmoid(x['gates']![from * 2 * units + column]! + product(x['gatesState']!, 2 * units, column));
          state = state.map((before, j) => {
            const fromState = product(x['candidateState']!, units, j) + x['candidateBias']![j]!;
            const candidate = Math.tanh(x['candidate']![from * units + j]! + gate(j) * fromState);
            return (1 - gate(units + j)) * candidate + gate(units + j) * before;
          });
          state.forEach((value, j) => (total += weight[from * units + j]! * value));
        }
      }
      return total;
    };
    const expected = differences(plain, at);
    const all = await gradients(
      (x) =>
        tf.sum(
          tf.mul(
            tf.tensor(Array.from(weight), [steps * rows, units]),
            gru(
              {
                g_gates_state_w: x['gatesState']!,
                g_candidate_state_w: x['candidateState']!,
                g_candidate_state_b: x['candidateBias']!,
              },
              'g',
              steps,
              { gates: x['gates']!, candidate: x['candidate']!, start: x['start']! },
            ),
          ),
        ),
      shapes,
      at,
    );
    for (const found of all)
      for (const [name, slopes] of Object.entries(expected))
        slopes.forEach((slope, i) => expect(found[name]![i], `${name}[${i}]`).toBeCloseTo(slope, 5));
  });

  it('KL of two diagonal Gaussians: both means and both log variances', async () => {
    const shapes = { meanQ: [2, 3], logVarianceQ: [2, 3], meanP: [2, 3], logVarianceP: [2, 3] };
    const at = drawn(shapes, 'kl');
    const expected = differences(
      ({ meanQ, logVarianceQ, meanP, logVarianceP }) =>
        meanQ!.reduce((sum, mean, i) => {
          const [q, p] = [Math.exp(logVarianceQ![i]!), Math.exp(logVarianceP![i]!)];
          return sum + 0.5 * (Math.log(p / q) + (q + (mean - meanP![i]!) ** 2) / p - 1);
        }, 0),
      at,
    );
    const all = await gradients(
      (x) => tf.sum(gaussianDivergence(x['meanQ']!, x['logVarianceQ']!, x['meanP']!, x['logVarianceP']!)),
      shapes,
      at,
    );
    for (const found of all)
      for (const [name, slopes] of Object.entries(expected))
        slopes.forEach((slope, i) => expect(found[name]![i], `${name}[${i}]`).toBeCloseTo(slope, 4));
  });
});
