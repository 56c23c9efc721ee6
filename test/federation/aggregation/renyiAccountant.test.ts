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

describe('Rényi divergence of the subsampled Gaussian', () => {
  it('has the values published in the tests of dp_accounting (q 0.01, noise 2.5, 50 releases), integer and fractional', () => {
    // google/differential-privacy, python/dp_accounting, rdp_privacy_accountant_test.py,
    // test_compute_rdp_poisson_sampled_gaussian.
    const published = { 1.5: 6.5007e-4, 2.5: 1.0854e-3, 5: 2.1808e-3, 50: 2.3846e-2, 100: 1.6742e2 };
    for (const [order, value] of Object.entries(published))
      expect(Math.abs((50 * renyiDivergence(0.01, 2.5, Number(order))) / value - 1)).toBeLessThan(1e-4);
  });

  it('is α/(2σ²) without sampling, 0 without taking part, and close at neighbouring orders', () => {
    expect(renyiDivergence(1, 2, 8)).toBe(1);
    expect(renyiDivergence(0, 2, 8)).toBe(0);
    for (const [q, sigma] of [
      [0.3, 0.8],
      [0.01, 4],
      [0.9, 20],
    ] as const)
      for (const order of [2, 5, 11]) {
        const whole = renyiDivergence(q, sigma, order);
        expect(renyiDivergence(q, sigma, order + 1e-6) / whole).toBeCloseTo(1, 4);
      }
  });

  it('agrees with numerical integration of the definition', () => {
    // D_α of (1−q)·N(0,σ²) + q·N(1,σ²) from N(0,σ²).
    const integrated = (q: number, sigma: number, order: number): number => {
      const h = sigma / 2000;
      let sum = 0;
      for (let x = -20 * sigma; x < 20 * sigma + order; x += h) {
        const density = Math.exp((-0.5 * x * x) / (sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
        sum += h * density * (1 - q + q * Math.exp((2 * x - 1) / (2 * sigma * sigma))) ** order;
      }
      return Math.log(sum) / (order - 1);
    };
    for (const [q, sigma, order] of [
      [0.2, 1.5, 3],
      [0.2, 1.5, 2.7],
      [0.5, 3, 1.4],
    ] as const)
      expect(renyiDivergence(q, sigma, order) / integrated(q, sigma, order)).toBeCloseTo(1, 6);
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
        orders.map((order) => renyiDivergence(1, 4.530877117, order)),
        orders,
      ),
    ).toBeCloseTo(1, 6);
    expect(
      Math.abs(
        composedEpsilon([{ samplingProbability: 1, noiseMultiplier: 4.530877117, count: 1 }], 1e-6) - 1,
      ),
    ).toBeLessThan(0.01);
  });

  it.each([
    // tensorflow/privacy, compute_dp_sgd_privacy_lib_test.py: n, batch, noise, epochs, δ → ε.
    [60_000, 150, 1.3, 15, 1e-5, 0.7242234026109595],
    [100_000, 100, 1, 30, 1e-7, 1.4154988495444845],
    // The same file, test_compute_dp_sgd_example_privacy: 1.2 epochs, q 0.01 and none.
    [100, 1, 0.7, 1.2, 1e-5, 3.2391922],
    [1, 1, 0.7, 2, 1e-5, 10.8602036],
  ])(
    'is within 1 %% of TensorFlow Privacy for n %d, batch %d, noise %d, %d epochs',
    (n, batch, noise, epochs, delta, published) => {
      const count = Math.ceil((epochs * n) / batch);
      const epsilon = composedEpsilon(
        [{ samplingProbability: batch / n, noiseMultiplier: noise, count }],
        delta,
      );
      expect(Math.abs(epsilon / published - 1)).toBeLessThan(0.01);
    },
  );

  it('bounds the exact guarantee of the Gaussian mechanism from above, and not by much', () => {
    // Balle & Wang (2018), Theorem 8: δ(ε) = Φ(1/2σ − εσ) − e^ε·Φ(−1/2σ − εσ); T releases act as σ/√T.
    for (const [noise, count] of [
      [1, 1],
      [4, 8],
      [30, 100],
    ] as const) {
      const sigma = noise / Math.sqrt(count);
      const epsilon = composedEpsilon([{ samplingProbability: 1, noiseMultiplier: noise, count }], 1e-5);
      const exactDelta = (e: number): number =>
        normalDistribution(1 / (2 * sigma) - e * sigma) -
        Math.exp(e) * normalDistribution(-1 / (2 * sigma) - e * sigma);
      expect(exactDelta(epsilon)).toBeLessThan(1e-5);
      expect(exactDelta(0.88 * epsilon)).toBeGreaterThan(1e-5);
    }
  });

  it('grows with rounds and falls with noise', () => {
    const epsilon = (noiseMultiplier: number, count: number): number =>
      composedEpsilon([{ samplingProbability: 1, noiseMultiplier, count }], 1e-5);
    expect(epsilon(1, 20)).toBeGreaterThan(epsilon(1, 10));
    expect(epsilon(2, 10)).toBeLessThan(epsilon(1, 10));
    expect(renyiOrders.every((order, i) => i === 0 || order > renyiOrders[i - 1]!)).toBe(true);
  });
});

describe('the statement of a run', () => {
  const stage = { stage: 'tcvae', rounds: 25, noiseMultiplier: 4, delta: 1e-5 };

  it('composes the rounds of all noisy stages and names what is open', () => {
    const one = privacyStatement([stage], ['autoencoder', 'tcvae'])!;
    expect(one.epsilon).toBe(
      composedEpsilon([{ samplingProbability: 1, noiseMultiplier: 4, count: 25 }], 1e-5),
    );
    expect(one.protects).toMatch(/whole contribution to the parameters of tcvae/);
    expect(one.notCovered).toMatch(/^the parameters of autoencoder, counts/);
    const both = privacyStatement(
      [{ ...stage, stage: 'autoencoder', rounds: 8, delta: 1e-6 }, stage],
      ['autoencoder', 'tcvae'],
    )!;
    expect(both.delta).toBe(1e-6);
    expect(both.epsilon).toBe(
      composedEpsilon([{ samplingProbability: 1, noiseMultiplier: 4, count: 33 }], 1e-6),
    );
    expect(both.notCovered).not.toMatch(/parameters/);
  });

  it('is absent without noise', () => {
    expect(privacyStatement([], ['autoencoder', 'tcvae'])).toBeNull();
  });
});
