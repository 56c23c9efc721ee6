import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { metricNamed } from '../../../src/metrics/selection.js';
import { identityR2, pearson } from '../../../src/metrics/agreement.js';
import { codeSpace } from '../../../src/metrics/codeSpace.js';
import { simulatedSchema, simulateSplit } from '../simulatedCohort.js';

const real = Float64Array.of(0.1, 0.2, 0.4, 0.5);
const biased = real.map((p) => p + 0.2);

describe('prevalence R²', () => {
  it('is taken around the identity line: a constant bias costs, although the squared correlation stays 1', () => {
    expect(pearson({ found: biased, expected: real, absent: 0 }) ** 2).toBeCloseTo(1, 12);
    // Σ(0.2²) = 0.16 against Σ(p − 0.3)² = 0.10.
    expect(identityR2({ found: biased, expected: real, absent: 0 })).toBeCloseTo(1 - 0.16 / 0.1, 12);
  });

  it('is undefined when the real prevalence does not vary', () => {
    const constant = Float64Array.of(0.3, 0.3, 0.3, 0.3);
    expect(identityR2({ found: real, expected: constant, absent: 0 })).toBeNaN();
  });

  it('leaves out steps that no stay of a side reaches', () => {
    const found = Float64Array.of(0.1, 0.2, Number.NaN);
    expect(identityR2({ found, expected: Float64Array.of(0.1, 0.2, 0.9), absent: 0 })).toBe(1);
  });

  it('counts points that are 0 on both sides without holding them', () => {
    const [found, expected] = [Float64Array.of(0.1, 0.3), Float64Array.of(0.2, 0.3)];
    const [long, longExpected] = [Float64Array.of(0.1, 0.3, 0, 0, 0), Float64Array.of(0.2, 0.3, 0, 0, 0)];
    for (const measure of [identityR2, pearson])
      expect(measure({ found, expected, absent: 3 })).toBeCloseTo(
        measure({ found: long, expected: longExpected, absent: 0 }),
        12,
      );
  });

  it('reads binary features and levels where there are any, otherwise whether a feature was observed', () => {
    const simulated = codeSpace(simulatedSchema);
    expect([simulated.size, simulated.codeAt(5, 1), simulated.codeAt(5, 0), simulated.codeAt(0, 1)]).toEqual([
      1, 0, -1, -1,
    ]);
    expect(simulated.nameOf(0)).toBe('ventilated');
    const rhythm = { name: 'rhythm', kind: 'categorical' as const, levels: ['sinus', 'other'] };
    const mixed = codeSpace({ ...simulatedSchema, features: [...simulatedSchema.features, rhythm] });
    expect([mixed.size, mixed.codeAt(6, 0), mixed.codeAt(6, 1)]).toEqual([3, 1, 2]);
    expect([0, 1, 2].map((code) => mixed.nameOf(code))).toEqual([
      'ventilated',
      'rhythm = sinus',
      'rhythm = other',
    ]);
    const continuous = codeSpace({ ...simulatedSchema, features: simulatedSchema.features.slice(0, 2) });
    expect([continuous.size, continuous.codeAt(0, 80), continuous.codeAt(1, 80)]).toEqual([2, 0, 1]);
    expect(continuous.nameOf(1)).toBe('pressure');
  });

  it('sees a generator that never gives a drug', async () => {
    const { train, holdout } = simulateSplit([400], 'prevalence');
    const drug = train.schema.features.length - 1;
    const values = train.values.map((value, at) => (at % train.schema.features.length === drug ? 0 : value));
    const score = (synthetic: typeof train) =>
      metricNamed('marginal.prevalence_r2').compute(
        { train, holdout, synthetic, reference: null, label: null, resamples: 20 },
        {},
        random('prevalence'),
      );
    const [fresh, without] = [await score(train), await score({ ...train, values })];
    if (fresh.state !== 'ok' || without.state !== 'ok') throw new Error('no value');
    expect(without.value).toBeLessThan(Math.min(0, fresh.value));
  });
});
