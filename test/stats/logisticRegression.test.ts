import { describe, expect, it } from 'vitest';
import { solveSymmetric } from '../../src/stats/cholesky.js';
import { fitLogistic, linearPredictor } from '../../src/stats/logisticRegression.js';
import { reference } from '../metrics/reference.js';

describe('logistic regression', () => {
  it.each(reference.logistic)(
    'case %# equals the optimum of the objective of scikit-learn',
    async ({ columns, lambda, design, outcome, intercept, weights }) => {
      const model = await fitLogistic(Float64Array.from(design), columns, Uint8Array.from(outcome), lambda);
      expect(model.intercept).toBeCloseTo(intercept, 8);
      model.weights.forEach((weight, j) => expect(weight).toBeCloseTo(weights[j]!, 8));
    },
  );

  it('stays finite on separable data and on large values', async () => {
    const design = Float64Array.from([-10, -10, -10, 10, 10, 10]);
    const model = await fitLogistic(design, 1, Uint8Array.from([0, 0, 0, 1, 1, 1]), 0.01);
    const eta = linearPredictor(model, design);
    expect(eta.every(Number.isFinite)).toBe(true);
    expect(eta[5]!).toBeGreaterThan(eta[0]!);
  });

  it('says so when a system has no unique solution', () => {
    expect(() => solveSymmetric(Float64Array.from([1, 1, 1, 1]), 2, Float64Array.from([1, 1]))).toThrow(
      'not positive definite',
    );
  });
});
