import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { metricNamed } from '../../../src/metrics/index.js';
import { identityR2, prevalenceCodes, squaredCorrelation } from '../../../src/metrics/marginal/prevalence.js';
import { simulatedSchema, simulateSplit } from '../simulatedCohort.js';

const real = Float64Array.of(0.1, 0.2, 0.4, 0.5);
const biased = real.map((p) => p + 0.2);

describe('prevalence R²', () => {
  it('is taken around the identity line: a constant bias costs, although the squared correlation stays 1', () => {
    expect(squaredCorrelation(biased, real)).toBeCloseTo(1, 12);
    // Σ(0.2²) = 0.16 against Σ(p − 0.3)² = 0.10.
    expect(identityR2(biased, real)).toBeCloseTo(1 - 0.16 / 0.1, 12);
  });

  it('is undefined when the real prevalence does not vary', () => {
    expect(identityR2(real, Float64Array.of(0.3, 0.3, 0.3, 0.3))).toBeNaN();
  });

  it('leaves out steps that no stay of a side reaches', () => {
    expect(identityR2(Float64Array.of(0.1, 0.2, Number.NaN), Float64Array.of(0.1, 0.2, 0.9))).toBe(1);
  });

  it('reads binary features and levels where there are any, otherwise whether a feature was observed', () => {
    expect(prevalenceCodes(simulatedSchema)).toEqual([{ feature: 5, level: 1 }]);
    const categorical = { name: 'rhythm', kind: 'categorical' as const, levels: ['sinus', 'other'] };
    expect(prevalenceCodes({ ...simulatedSchema, features: [categorical] })).toEqual([
      { feature: 0, level: 0 },
      { feature: 0, level: 1 },
    ]);
    const continuous = simulatedSchema.features.slice(0, 2);
    expect(prevalenceCodes({ ...simulatedSchema, features: continuous })).toEqual([
      { feature: 0, level: null },
      { feature: 1, level: null },
    ]);
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
