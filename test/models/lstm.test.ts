import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import { layoutOf } from '../../src/engine/parameters.js';
import { lstm, lstmSpecs } from '../../src/models/lstm.js';
import { differences, drawn, gradients, type Numbers } from './differences.js';

interface Case {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly states: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL('../fixtures/models/lstm.json', import.meta.url), 'utf8'),
) as readonly Case[];

const shapesOf = ({ inputs, hidden }: Pick<Case, 'inputs' | 'hidden'>): Record<string, readonly number[]> =>
  Object.fromEntries(lstmSpecs('cell', inputs, hidden).map(({ name, shape }) => [name, shape]));

describe('LSTM', () => {
  it.each(cases)('has the states of the definition: $steps steps, $hidden hidden units', async (given) => {
    const { steps, batch, inputs, hidden } = given;
    const shapes = { x: [steps * batch, inputs], ...shapesOf(given) };
    const step = await compileStep(
      ({ x, ...parameters }) => ({ states: lstm(parameters, 'cell', steps, x!) }),
      shapes,
      {
        engine: 'onnx',
      },
    );
    const arrays = Object.fromEntries(
      Object.entries(given.weights).map(([name, values]) => [`cell_${name}`, Float32Array.from(values)]),
    );
    const { states } = await step.run({ ...arrays, x: Float32Array.from(given.x) });
    await step.dispose();
    expect(states!.length).toBe(steps * batch * hidden);
    states!.forEach((value, i) => expect(Math.abs(value - given.states[i]!)).toBeLessThan(1e-6));
  });

  it('has the gradient of finite differences, alike on both engines', async () => {
    const [steps, batch] = [3, 2];
    const shapes = { x: [steps * batch, 2], ...shapesOf({ inputs: 2, hidden: 2 }) };
    const at = drawn(shapes, 'lstm');
    const weight = Float32Array.from({ length: steps * batch * 2 }, (_, i) => Math.sin(i + 1));
    const found = await gradients(
      ({ x, ...parameters }) =>
        tf.sum(tf.mul(lstm(parameters, 'cell', steps, x!), tf.tensor(weight, [steps * batch, 2]))),
      shapes,
      at,
    );
    const expected = differences((inputs) => weightedStates(inputs, steps, batch, weight), at);
    for (const slopes of found)
      for (const [name, own] of Object.entries(expected))
        own.forEach((slope, i) => expect(Math.abs(slopes[name]![i]! - slope), name).toBeLessThan(1e-5));
  });

  it('starts as torch.nn.LSTM does: every parameter uniform within 1/√hidden', () => {
    const { specs, size } = layoutOf(lstmSpecs('cell', 3, 4));
    expect(size).toBe(3 * 16 + 4 * 16 + 2 * 16);
    expect(specs.every(({ initial }) => typeof initial === 'object' && initial.fanIn === 4)).toBe(true);
  });
});

/** Σ weight · state of two hidden units and two inputs in double precision. */
function weightedStates(inputs: Numbers, steps: number, batch: number, weight: Float32Array): number {
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  let sum = 0;
  for (let row = 0; row < batch; row++) {
    let [state, cell] = [
      [0, 0],
      [0, 0],
    ];
    for (let step = 0; step < steps; step++) {
      const at = step * batch + row;
      const z = Array.from({ length: 8 }, (_, gate) => {
        let total = inputs['cell_input_b']![gate]! + inputs['cell_state_b']![gate]!;
        for (let i = 0; i < 2; i++)
          total +=
            inputs['x']![at * 2 + i]! * inputs['cell_input_w']![i * 8 + gate]! +
            state[i]! * inputs['cell_state_w']![i * 8 + gate]!;
        return total;
      });
      cell = [0, 1].map((h) => sigmoid(z[2 + h]!) * cell[h]! + sigmoid(z[h]!) * Math.tanh(z[4 + h]!));
      state = [0, 1].map((h) => sigmoid(z[6 + h]!) * Math.tanh(cell[h]!));
      state.forEach((value, h) => (sum += weight[at * 2 + h]! * value));
    }
  }
  return sum;
}
