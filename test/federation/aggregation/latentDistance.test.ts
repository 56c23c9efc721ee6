import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import type { LatentSummary } from '../../../src/federation/aggregation/contract.js';
import {
  gaussianDivergence,
  latentDistance,
  meanDiscrepancy,
  pooledSummary,
  wassersteinDistance,
} from '../../../src/federation/aggregation/latentDistance.js';

const summary = (mean: number[], variance: number[]): LatentSummary => ({
  mean: Float64Array.from(mean),
  variance: Float64Array.from(variance),
});
/** The same Gaussian with its covariance written out; `correlations` for the pairs in row order. */
const withCovariance = (one: LatentSummary, correlation = 0): LatentSummary => ({
  ...one,
  covariance: Float64Array.from({ length: one.mean.length ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / one.mean.length), at % one.mean.length];
    const scale = Math.sqrt(one.variance[i]! * one.variance[j]!);
    return i === j ? one.variance[i]! : correlation * scale;
  }),
});

describe('T5: distances of Gaussians', () => {
  it('are 0 for equal Gaussians, diagonal and full', () => {
    const same = summary([1, 2], [3, 4]);
    expect(wassersteinDistance(same, same)).toBe(0);
    expect(gaussianDivergence(same, same)).toBe(0);
    for (const distance of ['w2', 'kl', 'mmd'] as const)
      for (const one of [same, withCovariance(same, 0.6)])
        expect(latentDistance(distance, one, one)).toBeCloseTo(0, 10);
  });

  it('have the values worked out by hand', () => {
    // shift 1 and 0; standard deviations 2 against 1 and 1 against 1; trace of b = 2
    expect(wassersteinDistance(summary([1, 0], [4, 1]), summary([0, 0], [1, 1]))).toBeCloseTo(1, 12);
    expect(gaussianDivergence(summary([1, 0], [4, 1]), summary([0, 0], [1, 1]))).toBeCloseTo(
      0.5 * (4 + 1 - 1 - Math.log(4)),
      12,
    );
  });

  it('with full covariances equal the diagonal ones where nothing is correlated', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            mean: fc.double({ min: -2, max: 2, noNaN: true }),
            other: fc.double({ min: -2, max: 2, noNaN: true }),
            variance: fc.double({ min: 0.2, max: 3, noNaN: true }),
            otherVariance: fc.double({ min: 0.2, max: 3, noNaN: true }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (dims) => {
          const a = summary(
            dims.map((d) => d.mean),
            dims.map((d) => d.variance),
          );
          const b = summary(
            dims.map((d) => d.other),
            dims.map((d) => d.otherVariance),
          );
          for (const distance of ['w2', 'kl', 'mmd'] as const)
            expect(latentDistance(distance, withCovariance(a), withCovariance(b))).toBeCloseTo(
              latentDistance(distance, a, b),
              3,
            );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('see a correlation that variances do not show, with the values worked out by hand', () => {
    const b = withCovariance(summary([0, 0], [1, 1]));
    const a = withCovariance(summary([0, 0], [1, 1]), 0.8);
    // Eigenvalues 1.8 and 0.2 against 1 and 1.
    expect(latentDistance('w2', a, b)).toBeCloseTo(
      ((Math.sqrt(1.8) - 1) ** 2 + (Math.sqrt(0.2) - 1) ** 2) / 2,
      9,
    );
    expect(latentDistance('kl', a, b)).toBeCloseTo(-0.5 * Math.log(1.8 * 0.2), 4);
    expect(latentDistance('mmd', a, b)).toBeGreaterThan(1e-3);
    expect(wassersteinDistance(a, b)).toBe(0);
  });

  it('bear latents that do not vary', () => {
    const a = withCovariance(summary([0.5, 0], [1, 0]));
    const b = withCovariance(summary([0, 0], [1, 1e-12]));
    for (const distance of ['w2', 'kl', 'mmd'] as const)
      expect(Number.isFinite(latentDistance(distance, a, b))).toBe(true);
  });
});

describe('mean discrepancy', () => {
  it('is what seeded samples of both Gaussians estimate', () => {
    const a = withCovariance(summary([0.6, -0.2], [1.5, 0.5]), 0.7);
    const b = withCovariance(summary([0, 0], [1, 1]), -0.3);
    const count = 1500;
    const draw = (one: LatentSummary, correlation: number, stream: string): number[][] => {
      const stay = random(5, stream);
      return Array.from({ length: count }, () => {
        const [u, v] = [stay.normal(), stay.normal()];
        return [
          one.mean[0]! + Math.sqrt(one.variance[0]!) * u,
          one.mean[1]! +
            Math.sqrt(one.variance[1]!) * (correlation * u + Math.sqrt(1 - correlation ** 2) * v),
        ];
      });
    };
    const [xs, ys] = [draw(a, 0.7, 'x'), draw(b, -0.3, 'y')];
    const kernel = (x: number[], y: number[]): number => {
      const squared = (x[0]! - y[0]!) ** 2 + (x[1]! - y[1]!) ** 2;
      return [0.25, 0.5, 1, 2, 4].reduce((sum, width) => sum + Math.exp(-squared / (2 * width * 2)) / 5, 0);
    };
    const mean = (left: number[][], right: number[][], same: boolean): number => {
      let sum = 0;
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) if (!same || i !== j) sum += kernel(left[i]!, right[j]!);
      return sum / (count * (same ? count - 1 : count));
    };
    const estimate = mean(xs, xs, true) + mean(ys, ys, true) - 2 * mean(xs, ys, false);
    expect(meanDiscrepancy(a, b)).toBeCloseTo(estimate, 2);
    expect(estimate).toBeGreaterThan(0.05);
  });
});

describe('the pool of all hospitals', () => {
  it('has the moments of the mixture, covariances included', () => {
    const parts = [withCovariance(summary([1, 0], [1, 1]), 0.5), withCovariance(summary([-1, 2], [2, 1]), 0)];
    const pooled = pooledSummary(parts, [1, 3]);
    expect([...pooled.mean]).toEqual([-0.5, 1.5]);
    const [c00, c01, c10, c11] = pooled.covariance!;
    expect([c00, c11]).toEqual([
      expect.closeTo(pooled.variance[0]!, 12),
      expect.closeTo(pooled.variance[1]!, 12),
    ]);
    // ¼·(0.5 + 1.5·(−1.5)) + ¾·(0 + (−0.5)·0.5)
    expect(c01).toBeCloseTo(0.25 * (0.5 - 2.25) + 0.75 * -0.25, 12);
    expect(c10).toBe(c01);
  });
});
