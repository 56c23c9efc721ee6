import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compileStep } from '../../src/engine/compile.js';
import type { Arrays, Shape, Step } from '../../src/engine/contract.js';
import {
  bernoulliCrossEntropy,
  gaussianDivergence,
  gaussianLogDensity,
  logSumExp,
} from '../../src/models/layers.js';

async function once(
  step: Step,
  inputs: Readonly<Record<string, readonly [Shape, number[]]>>,
): Promise<Arrays> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, [shape]]) => [name, shape]));
  const compiled = await compileStep(step, shapes, { engine: 'onnx' });
  const result = await compiled.run(
    Object.fromEntries(Object.entries(inputs).map(([name, [, values]]) => [name, Float32Array.from(values)])),
  );
  await compiled.dispose();
  return result;
}

describe('loss terms', () => {
  it('Bernoulli cross-entropy has the value of its definition and stays finite for any logit', async () => {
    const logits = [0, 1, -2, 60, -300, 300];
    const targets = [1, 0, 1, 0, 0, 0];
    const { value, slope } = await once(
      ({ l, y }) => {
        const { value: loss, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(bernoulliCrossEntropy(x, y!)))(
          l!,
        );
        return { value: loss, slope: grad };
      },
      { l: [[1, 6], logits], y: [[1, 6], targets] },
    );
    const expected = Math.log(2) + Math.log(1 + Math.E) + (Math.log(1 + Math.exp(-2)) + 2) + 60 + 0 + 300;
    expect(value![0]).toBeCloseTo(expected, 3);
    [-0.5, 1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(2)) - 1, 1, 0, 1].forEach((g, i) =>
      expect(slope![i]).toBeCloseTo(g, 6),
    );
  });

  it('KL(q ‖ q) is 0, and KL of two Gaussians has its closed form', async () => {
    const mean: [Shape, number[]] = [
      [2, 2],
      [0.3, -1, 2, 0],
    ];
    const logVariance: [Shape, number[]] = [
      [2, 2],
      [-3, 0, 1, 0.5],
    ];
    const { same, other } = await once(
      ({ m, lv }) => ({
        same: gaussianDivergence(m!, lv!, m!, lv!),
        other: gaussianDivergence(m!, lv!, tf.zerosLike(m!), tf.zerosLike(lv!)),
      }),
      { m: mean, lv: logVariance },
    );
    expect([...same!]).toEqual([0, 0]);
    const standard = (i: number): number =>
      0.5 * (Math.exp(logVariance[1][i]!) + mean[1][i]! ** 2 - 1 - logVariance[1][i]!);
    expect(other![0]).toBeCloseTo(standard(0) + standard(1), 5);
    expect(other![1]).toBeCloseTo(standard(2) + standard(3), 5);
  });

  it('log density of a Gaussian, with one log variance for all rows too', async () => {
    const { full, shared } = await once(
      ({ x, m, lv, one }) => ({
        full: gaussianLogDensity(x!, m!, lv!),
        shared: gaussianLogDensity(x!, m!, one!),
      }),
      {
        x: [
          [2, 2],
          [0, 1, 2, 3],
        ],
        m: [
          [2, 2],
          [1, 1, 0, 0],
        ],
        lv: [
          [2, 2],
          [0, 1, 0, -1],
        ],
        one: [[2], [0, 1]],
      },
    );
    const density = (x: number, m: number, lv: number): number =>
      -0.5 * ((x - m) ** 2 / Math.exp(lv) + lv + Math.log(2 * Math.PI));
    expect(full![0]).toBeCloseTo(density(0, 1, 0) + density(1, 1, 1), 5);
    expect(full![1]).toBeCloseTo(density(2, 0, 0) + density(3, 0, -1), 5);
    expect(shared![1]).toBeCloseTo(density(2, 0, 0) + density(3, 0, 1), 5);
  });

  it('log-sum-exp does not overflow', async () => {
    const { value } = await once(({ x }) => ({ value: logSumExp(x!) }), {
      x: [
        [2, 3],
        [1000, 1000, -1000, 0, Math.log(2), Math.log(3)],
      ],
    });
    expect(value![0]).toBeCloseTo(1000 + Math.log(2), 3);
    expect(value![1]).toBeCloseTo(Math.log(6), 5);
  });
});
