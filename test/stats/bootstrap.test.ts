import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { bootstrapStandardError, patientResamples } from '../../src/stats/bootstrap.js';

describe('patient bootstrap', () => {
  it('draws as many patients as there are, each equally often on average', () => {
    const draws = patientResamples(50, 400, random('draws'));
    const seen = new Float64Array(50);
    for (const draw of draws) {
      expect(draw.reduce((sum, times) => sum + times, 0)).toBe(50);
      draw.forEach((times, i) => (seen[i]! += times));
    }
    // 400 draws of variance ≈ 1: standard deviation 20 around 400.
    expect(Math.min(...seen)).toBeGreaterThan(310);
    expect(Math.max(...seen)).toBeLessThan(490);
  });

  it('gives the standard error of a mean', () => {
    const stream = random('mean');
    const values = stream.fillNormal(new Float32Array(400));
    const means = patientResamples(400, 500, stream).map(
      (draw) => draw.reduce((sum, times, i) => sum + times * values[i]!, 0) / 400,
    );
    expect(bootstrapStandardError(means)!).toBeGreaterThan(0.05 * 0.85);
    expect(bootstrapStandardError(means)!).toBeLessThan(0.05 * 1.15);
  });

  it('has no standard error without two defined replicates', () => {
    expect(bootstrapStandardError([])).toBeNull();
    expect(bootstrapStandardError([1, null])).toBeNull();
    expect(bootstrapStandardError([1, null, 1])).toBe(0);
  });
});
