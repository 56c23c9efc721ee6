import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gru } from '../../src/models/gru.js';
import { gaussianDivergence } from '../../src/models/layers.js';
import { differences, drawn, gradients, type Numbers } from './differences.js';

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
