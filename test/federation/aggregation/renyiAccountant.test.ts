import { describe, expect, it } from 'vitest';
import { privacyStatement } from '../../../src/federation/aggregation/privacyStatement.js';
import {
  composedEpsilon,
  epsilonAt,
  renyiDivergence,
  renyiOrders,
} from '../../../src/federation/aggregation/renyiAccountant.js';

/** The standard normal distribution function by Simpson's rule; the accountant does not use it. */
function normalDistribution(x: number): number {
  const steps = 4000;
  const h = (x + 12) / steps;
  const density = (t: number): number => Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI);
  let sum = density(-12) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(-12 + i * h);
  return (sum * h) / 3;
}

describe('Rényi divergence of the Gaussian', () => {
  it('agrees with numerical integration of the definition', () => {
    // D_α of N(1,σ²) from N(0,σ²).
    const integrated = (sigma: number, order: number): number => {
      const h = sigma / 2000;
      let sum = 0;
      for (let x = -20 * sigma; x < 20 * sigma + order; x += h) {
        const density = Math.exp((-0.5 * x * x) / (sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
        sum += h * density * Math.exp((order * (2 * x - 1)) / (2 * sigma * sigma));
      }
      return Math.log(sum) / (order - 1);
    };
    for (const [sigma, order] of [
      [1.5, 3],
      [1.5, 2.7],
      [3, 1.4],
    ] as const)
      expect(renyiDivergence(sigma, order) / integrated(sigma, order)).toBeCloseTo(1, 6);
  });
});

describe('ε at δ', () => {
  it('is what dp_accounting works out by hand for a pure guarantee', () => {
    // rdp_privacy_accountant_test.py, test_compute_epsilon_delta_pure_dp.
    const orders = Array.from({ length: 31 }, (_, i) => i + 2);
    expect(
      epsilonAt(
        1e-5,
        orders.map(() => 1.1),
        orders,
      ),
    ).toBeCloseTo(1.32783806176, 9);
  });

  it('is 1 at δ 1e-6 for the noise 4.530877117 that dp_accounting publishes for it', () => {
    // rdp_privacy_accountant_test.py, test_compute_epsilon_delta_gaussian.
    const orders = Array.from({ length: 98_900 }, (_, i) => 1.1 + 0.001 * i);
    expect(
      epsilonAt(
        1e-6,
        orders.map((order) => renyiDivergence(4.530877117, order)),
        orders,
      ),
    ).toBeCloseTo(1, 6);
    expect(Math.abs(composedEpsilon([{ noiseMultiplier: 4.530877117, count: 1 }], 1e-6) - 1)).toBeLessThan(
      0.01,
    );
  });

  it('is within 1 % of TensorFlow Privacy for two releases with noise 0.7', () => {
    // tensorflow/privacy, compute_dp_sgd_privacy_lib_test.py, test_compute_dp_sgd_example_privacy: 2 epochs without sampling.
    expect(
      Math.abs(composedEpsilon([{ noiseMultiplier: 0.7, count: 2 }], 1e-5) / 10.8602036 - 1),
    ).toBeLessThan(0.01);
  });

  it('bounds the exact guarantee of the Gaussian mechanism from above, and not by much', () => {
    // Balle & Wang (2018), Theorem 8: δ(ε) = Φ(1/2σ − εσ) − e^ε·Φ(−1/2σ − εσ); T releases act as σ/√T.
    for (const [noise, count] of [
      [1, 1],
      [4, 8],
      [30, 100],
    ] as const) {
      const sigma = noise / Math.sqrt(count);
      const epsilon = composedEpsilon([{ noiseMultiplier: noise, count }], 1e-5);
      const exactDelta = (e: number): number =>
        normalDistribution(1 / (2 * sigma) - e * sigma) -
        Math.exp(e) * normalDistribution(-1 / (2 * sigma) - e * sigma);
      expect(exactDelta(epsilon)).toBeLessThan(1e-5);
      expect(exactDelta(0.88 * epsilon)).toBeGreaterThan(1e-5);
    }
  });

  it('grows with rounds and falls with noise', () => {
    const epsilon = (noiseMultiplier: number, count: number): number =>
      composedEpsilon([{ noiseMultiplier, count }], 1e-5);
    expect(epsilon(1, 20)).toBeGreaterThan(epsilon(1, 10));
    expect(epsilon(2, 10)).toBeLessThan(epsilon(1, 10));
    expect(renyiOrders.every((order, i) => i === 0 || order > renyiOrders[i - 1]!)).toBe(true);
  });
});

describe('the statement of a run', () => {
  const stage = { stage: 'tcvae', rounds: 25, noiseMultiplier: 4, delta: 1e-5 };

  it('composes the rounds of all noisy stages and names what is open', () => {
    const one = privacyStatement([stage], ['autoencoder', 'tcvae'])!;
    expect(one.epsilon).toBe(composedEpsilon([{ noiseMultiplier: 4, count: 25 }], 1e-5));
    expect(one.protects).toMatch(/whole contribution to the parameters of tcvae/);
    expect(one.notCovered).toMatch(/^the parameters of autoencoder, counts/);
    const both = privacyStatement(
      [{ ...stage, stage: 'autoencoder', rounds: 8, delta: 1e-6 }, stage],
      ['autoencoder', 'tcvae'],
    )!;
    expect(both.delta).toBe(1e-6);
    expect(both.epsilon).toBe(composedEpsilon([{ noiseMultiplier: 4, count: 33 }], 1e-6));
    expect(both.notCovered).not.toMatch(/parameters/);
  });

  it('is absent without noise', () => {
    expect(privacyStatement([], ['autoencoder', 'tcvae'])).toBeNull();
  });
});
