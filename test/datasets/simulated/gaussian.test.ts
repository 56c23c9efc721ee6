import { describe, expect, it } from 'vitest';

import { random } from '../../../src/engine/random.js';
import {
  gaussLegendre,
  normalCdf,
  normalQuantile,
  upperOrthant,
} from '../../../src/datasets/simulated/gaussian.js';
import { logistic, logisticNormalMean } from '../../../src/datasets/simulated/logisticNormal.js';
import { cornerMoments } from '../../../src/datasets/simulated/truncatedNormal.js';

describe('normalCdf', () => {
  it('gives tabulated values', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 14);
    expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 13);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 13);
    expect(normalCdf(-8) / 6.220960574271785e-16).toBeCloseTo(1, 7);
  });

  it('is undone by its quantile', () => {
    for (const p of [1e-9, 0.003, 0.2, 0.5, 0.77, 0.999999])
      expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
  });
});

describe('gaussLegendre', () => {
  it('integrates polynomials up to degree 2n − 1 exactly', () => {
    const { nodes, weights } = gaussLegendre(5);
    const integral = nodes.reduce((sum, x, i) => sum + weights[i]! * (9 * x ** 8 + 7 * x ** 6 + x ** 9), 0);
    expect(integral).toBeCloseTo(4, 12);
  });
});

describe('upperOrthant', () => {
  it('agrees with the arcsine law at the origin', () => {
    for (const r of [-0.97, -0.5, 0.1, 0.8, 0.97])
      expect(upperOrthant(0, 0, r)).toBeCloseTo(0.25 + Math.asin(r) / (2 * Math.PI), 9);
  });

  it('is symmetric, and the four corners add up to one', () => {
    const [a, b, r] = [0.7, -1.3, 0.6];
    expect(upperOrthant(a, b, r)).toBeCloseTo(upperOrthant(b, a, r), 14);
    const corners =
      upperOrthant(a, b, r) + upperOrthant(-a, b, -r) + upperOrthant(a, -b, -r) + upperOrthant(-a, -b, r);
    expect(corners).toBeCloseTo(1, 10);
  });
});

describe('cornerMoments', () => {
  it('equals two-dimensional quadrature', () => {
    const [a, b, r] = [0.4, -0.8, -0.55];
    const { nodes, weights } = gaussLegendre(200);
    const sums = [0, 0, 0, 0, 0, 0];
    for (const [i, u] of nodes.entries())
      for (const [j, v] of nodes.entries()) {
        const x = a + 4.5 * (1 + u);
        const y = b + 4.5 * (1 + v);
        const density =
          Math.exp(-(x * x - 2 * r * x * y + y * y) / (2 * (1 - r * r))) /
          (2 * Math.PI * Math.sqrt(1 - r * r));
        const weight = 4.5 * 4.5 * weights[i]! * weights[j]! * density;
        [1, x, y, x * x, y * y, x * y].forEach((term, k) => (sums[k]! += weight * term));
      }
    const corner = cornerMoments(a, b, r);
    const found = [
      corner.mass,
      corner.first,
      corner.second,
      corner.firstFirst,
      corner.secondSecond,
      corner.firstSecond,
    ];
    found.forEach((value, k) => expect(value).toBeCloseTo(sums[k]!, 8));
  });

  it('is the whole plane where both sides are open', () => {
    expect(cornerMoments(-Infinity, -Infinity, 0)).toEqual({
      mass: 1,
      first: 0,
      second: 0,
      firstFirst: 1,
      secondSecond: 1,
      firstSecond: 0,
    });
  });
});

describe('logisticNormalMean', () => {
  it('is one half at 0 and agrees with a large sample', () => {
    expect(logisticNormalMean(0, 2)).toBeCloseTo(0.5, 13);
    const draw = random(1, 'logistic-normal-test');
    let sum = 0;
    for (let i = 0; i < 200_000; i++) sum += logistic(-2 + 1.5 * draw.normal());
    expect(Math.abs(logisticNormalMean(-2, 1.5) - sum / 200_000)).toBeLessThan(
      5 * (0.17 / Math.sqrt(200_000)),
    );
  });
});
