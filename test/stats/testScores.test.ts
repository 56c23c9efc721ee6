import { describe, expect, it } from 'vitest';
import { rankScores } from '../../src/stats/auroc.js';
import { brierScore, calibrationInTheLarge, calibrationLine, logits } from '../../src/stats/calibration.js';
import { aurocInfluence, clusteredStandardError, patientAuroc } from '../../src/stats/clusteredAuroc.js';
import { weightedAveragePrecision } from '../../src/stats/precisionRecall.js';
import { fitRidge } from '../../src/stats/ridgeRegression.js';
import { scoreFixture } from '../metrics/utility/fixtures.js';

const within = (found: number | null, expected: number | null, tolerance = 1e-9): void => {
  if (expected === null || found === null) expect(found).toBe(expected);
  else expect(Math.abs(found - expected)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected)));
};

describe.each(scoreFixture.scores)('scores against scikit-learn: $name', ({ p, y, w, plain, weighted }) => {
  const probabilities = Float64Array.from(p);
  const outcome = Uint8Array.from(y);
  it.each([
    ['plain', p.map(() => 1), plain],
    ['weighted', w, weighted],
  ] as const)('%s', (_, weights, expected) => {
    const x = logits(probabilities);
    within(weightedAveragePrecision(rankScores(probabilities, outcome), weights), expected.auprc);
    within(brierScore(probabilities, outcome, weights), expected.brier);
    within(calibrationInTheLarge(x, outcome, weights), expected.inTheLarge);
    const line = calibrationLine(x, outcome, weights);
    within(line?.slope ?? null, expected.slope);
    within(line?.intercept ?? null, expected.intercept);
  });
});

describe.each(scoreFixture.clustered)(
  'AUROC by patient: $name',
  ({ scorings, y, patient, value, standardError }) => {
    it('is the mean over scorings, its error that of sums by patient', () => {
      const scores = scorings.map((row) => Float64Array.from(row));
      const outcome = Uint8Array.from(y);
      const found = aurocInfluence(scores, outcome);
      within(found.value, value);
      const patients = patient.map(String);
      within(clusteredStandardError(found.influence, patients), standardError);
      const estimate = patientAuroc(scores, outcome, patients);
      within(estimate.value, value);
      // DeLong divides by n − 1 within classes, the sum by patient by C − 1 over all.
      expect(Math.abs(estimate.standardError / standardError - 1)).toBeLessThan(0.03);
    });
  },
);

describe('scores without a value', () => {
  const line = (x: readonly number[], y: readonly number[]): unknown =>
    calibrationLine(
      Float64Array.from(x),
      Uint8Array.from(y),
      x.map(() => 1),
    );

  it('a recalibration of separated classes, of constant predictions and of one class', () => {
    expect(line([-2, -1, 1, 2], [0, 0, 1, 1])).toBeNull();
    expect(line([-2, 0, 0, 2], [0, 0, 1, 1])).toBeNull();
    expect(line([1, 1, 1, 1], [0, 1, 0, 1])).toBeNull();
    expect(line([-2, -1, 1, 2], [1, 1, 1, 1])).toBeNull();
    expect(calibrationInTheLarge(Float64Array.of(0, 1), Uint8Array.of(1, 1), [1, 1])).toBeNull();
  });

  it('average precision without positive cases', () => {
    expect(weightedAveragePrecision(rankScores([1, 2], Uint8Array.of(0, 0)), [1, 1])).toBeNull();
    expect(weightedAveragePrecision(rankScores([1, 2], Uint8Array.of(1, 0)), [0, 1])).toBeNull();
  });
});

describe.each(scoreFixture.ridge)('ridge regression with $columns columns', (fixture) => {
  it('is that of scikit-learn', () => {
    const model = fitRidge(
      Float64Array.from(fixture.design),
      fixture.columns,
      Float64Array.from(fixture.target),
      fixture.lambda,
    );
    within(model.intercept, fixture.intercept, 1e-8);
    fixture.weights.forEach((weight, j) => within(model.weights[j]!, weight, 1e-8));
  });
});
