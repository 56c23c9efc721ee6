import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import type { AggregationRule, HospitalUpdate } from '../../../src/federation/aggregation/contract.js';
import { coordinateMedian } from '../../../src/federation/aggregation/coordinateMedian.js';
import { distributionAware } from '../../../src/federation/aggregation/distributionAware.js';
import { dpFedavg } from '../../../src/federation/aggregation/dpFedavg.js';
import { fedavg } from '../../../src/federation/aggregation/fedavg.js';
import { feddisco } from '../../../src/federation/aggregation/feddisco.js';
import { fednova } from '../../../src/federation/aggregation/fednova.js';
import { fedprox } from '../../../src/federation/aggregation/fedprox.js';
import { fedweight } from '../../../src/federation/aggregation/fedweight.js';
import { scaffold } from '../../../src/federation/aggregation/scaffold.js';
import { trimmedMean } from '../../../src/federation/aggregation/trimmedMean.js';
import { roundOf } from './oneRound.js';

const update = (
  hospital: string,
  parameters: number[],
  more: Partial<HospitalUpdate> = {},
): HospitalUpdate => ({
  hospital,
  stays: 100,
  steps: 10,
  parameters: Float32Array.from(parameters),
  ...more,
});
const aggregated = (
  rule: AggregationRule,
  updates: readonly HospitalUpdate[],
  global: number[] | null = null,
) =>
  rule.aggregate(
    updates,
    {},
    random(3),
    roundOf(updates, global === null ? null : Float32Array.from(global)),
  );

const averaging: Record<string, AggregationRule> = {
  fedavg,
  fedprox: fedprox({ mu: 0.1 }),
  fedweight: fedweight({ lambda: 1 }),
  scaffold,
  fednova,
  feddisco: feddisco({ a: 0.5, b: 0.1, distance: 'kl', covariance: 'diagonal' }),
  'distribution-aware': distributionAware({ lambda: 1, distance: 'mmd', covariance: 'diagonal' }),
  'coordinate-median': coordinateMedian,
  'trimmed-mean': trimmedMean({ share: 0.2 }),
};
const everyRule = { ...averaging, 'dp-fedavg': dpFedavg({ clip: 1, noise: 1, delta: 1e-5 }) };

const hospitals = fc.uniqueArray(
  fc.record({
    hospital: fc.stringMatching(/^[a-z]{1,4}$/),
    stays: fc.integer({ min: 11, max: 5000 }),
    steps: fc.integer({ min: 1, max: 50 }),
    values: fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 8, maxLength: 8 }),
    withheld: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7, selector: ({ hospital }) => hospital },
);
const updatesOf = (drawn: typeof hospitals extends fc.Arbitrary<infer T> ? T : never): HospitalUpdate[] =>
  drawn.map(({ hospital, stays, steps, values, withheld }) => ({
    hospital,
    stays,
    steps,
    parameters: Float32Array.from(values),
    controlChange: Float32Array.from(values),
    ...(withheld
      ? {}
      : {
          summary: {
            mean: Float64Array.from(values.slice(0, 3)),
            variance: Float64Array.from(values.slice(3, 6), (value) => 0.1 + Math.abs(value)),
          },
        }),
  }));

describe.each(Object.entries(everyRule))('%s', (_, rule) => {
  it('gives the same for any order of answers, weights that sum to 1, and finite parameters', () => {
    fc.assert(
      fc.property(hospitals, fc.nat(), (drawn, seed) => {
        const updates = updatesOf(drawn);
        const order = random(seed).permutation(updates.length);
        const mixed = Array.from(order, (k) => updates[k]!);
        const global = new Array<number>(8).fill(0.5);
        const first = aggregated(rule, updates, global);
        expect(aggregated(rule, mixed, global)).toEqual(first);
        const weights = Object.values(first.weights);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expect(Object.keys(first.weights).sort()).toEqual(updates.map(({ hospital }) => hospital).sort());
        expect(first.parameters.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(Object.entries(averaging))('%s', (_, rule) => {
  it('T2: leaves the only hospital of a federation as it is', () => {
    const alone = update('a', [0.1, -7, 1e-8], { controlChange: new Float32Array(3) });
    expect(aggregated(rule, [alone], [1, 1, 1]).parameters).toEqual(alone.parameters);
  });
});

describe('fednova', () => {
  it('is FedAvg bit for bit with equal numbers of local updates, and in an independent first round', () => {
    const draw = random(8);
    const updates = [37, 11, 50].map((stays, k) =>
      update(`h${k}`, [...draw.fillNormal(new Float32Array(50))], { stays, steps: 7 }),
    );
    const global = [...draw.fillNormal(new Float32Array(50))];
    expect(aggregated(fednova, updates, global)).toEqual(aggregated(fedavg, updates, global));
    const unequal = updates.map((one, k) => ({ ...one, steps: k + 1 }));
    expect(aggregated(fednova, unequal)).toEqual(aggregated(fedavg, unequal));
  });

  it('takes the step τ_eff · Σ w_k·(θ_k − θʳ)/τ_k', () => {
    // θʳ = 1, w = (½, ½), τ = (1, 3): τ_eff = 2, step = 2·(½·1/1 + ½·6/3) = 3.
    const result = aggregated(fednova, [update('a', [2], { steps: 1 }), update('b', [7], { steps: 3 })], [1]);
    expect(result.parameters[0]).toBeCloseTo(4, 6);
    expect(result.monitors).toEqual({ effectiveSteps: 2 });
    // w_k·τ_eff/τ_k = (1, ⅓), scaled to sum to 1.
    expect(result.weights['a']).toBeCloseTo(0.75, 12);
  });
});

describe('scaffold', () => {
  it('moves its control variate by the mean change over all stays, absent hospitals counting as unchanged', () => {
    const updates = [
      update('a', [1, 1], { stays: 10, controlChange: Float32Array.of(4, 0) }),
      update('b', [3, 1], { stays: 30, controlChange: Float32Array.of(8, -8) }),
    ];
    const { state, parameters } = scaffold.aggregate(updates, { control: Float32Array.of(1, 1) }, random(1), {
      global: null,
      stays: { a: 10, b: 30, away: 40 },
    });
    expect([...state['control']!]).toEqual([1 + 4 / 8 + 8 * (3 / 8), 1 - 8 * (3 / 8)]);
    expect([...parameters]).toEqual([2.5, 1]);
  });
});

describe('coordinate-median and trimmed-mean', () => {
  it('have the values worked out by hand', () => {
    const odd = [update('a', [1, 9]), update('b', [5, 2]), update('c', [2, 4])];
    expect([...aggregated(coordinateMedian, odd).parameters]).toEqual([2, 4]);
    const even = [...odd, update('d', [4, 100])];
    const median = aggregated(coordinateMedian, even);
    expect([...median.parameters]).toEqual([3, 6.5]);
    // Middle values: c and d of the first, c and a of the second coordinate.
    expect(median.weights).toEqual({ a: 0.25, b: 0, c: 0.5, d: 0.25 });
    const trimmed = aggregated(trimmedMean({ share: 0.2 }), [...even, update('e', [-50, 3])]);
    expect(trimmed.parameters[0]).toBeCloseTo(7 / 3, 6);
    expect(trimmed.parameters[1]).toBeCloseTo(16 / 3, 6);
    expect(trimmed.monitors).toEqual({ cutHospitals: 2 });
  });

  it('stay among the honest hospitals when one scales its update by a million, where FedAvg does not', () => {
    const draw = random(4);
    const honest = Array.from({ length: 4 }, (_, k) =>
      update(`h${k}`, [...draw.fillNormal(new Float32Array(30))]),
    );
    const attacker = update('x', [...draw.fillNormal(new Float32Array(30)).map((value) => 1e6 * value)]);
    for (const rule of [coordinateMedian, trimmedMean({ share: 0.2 })]) {
      const { parameters } = aggregated(rule, [...honest, attacker]);
      parameters.forEach((value, i) => {
        const values = honest.map((one) => one.parameters[i]!);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values));
        expect(value).toBeLessThanOrEqual(Math.max(...values));
      });
    }
    expect(Math.hypot(...aggregated(fedavg, [...honest, attacker]).parameters)).toBeGreaterThan(1e5);
  });
});

describe('dp-fedavg', () => {
  it('moves by the mean of clipped updates when noise is negligible, hospitals counting alike', () => {
    const updates = [update('a', [3, 4], { stays: 1000 }), update('b', [0.6, 0], { stays: 20 })];
    const { parameters, weights } = aggregated(
      dpFedavg({ clip: 1, noise: 1e-9, delta: 1e-5 }),
      updates,
      [0, 0],
    );
    expect(parameters[0]).toBeCloseTo(0.6, 6);
    expect(parameters[1]).toBeCloseTo(0.4, 6);
    expect(weights).toEqual({ a: 0.5, b: 0.5 });
  });

  it('adds seeded Gaussian noise of standard deviation z·S/m', () => {
    const size = 20_000;
    const still = Array.from({ length: 4 }, (_, k) => update(`h${k}`, new Array<number>(size).fill(0)));
    const rule = dpFedavg({ clip: 0.5, noise: 2, delta: 1e-5 });
    const draw = (seed: number) =>
      rule.aggregate(still, {}, random(seed), roundOf(still, new Float32Array(size))).parameters;
    const noise = draw(1);
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / size);
    expect(deviation / ((2 * 0.5) / 4)).toBeCloseTo(1, 1);
    expect(draw(1)).toEqual(noise);
    expect(draw(2)).not.toEqual(noise);
  });

  it('bounds what a hospital can do that did not clip its update', () => {
    const rule = dpFedavg({ clip: 1, noise: 1e-9, delta: 1e-5 });
    const { parameters } = aggregated(rule, [update('a', [1e6, 0]), update('b', [0, 0])], [0, 0]);
    expect(parameters[0]).toBeCloseTo(0.5, 6);
  });
});

describe('feddisco', () => {
  const summary = (mean: number) => ({ mean: Float64Array.of(mean), variance: Float64Array.of(1) });
  const rule = (a: number, b: number) => feddisco({ a, b, distance: 'w2', covariance: 'diagonal' });

  it('weighs by ReLU(w_k − a·d_k + b), d_k being shares of all distances', () => {
    const updates = [
      update('a', [1], { summary: summary(0) }),
      update('b', [2], { summary: summary(0) }),
      update('c', [3], { summary: summary(3) }),
    ];
    // Pool: mean 1, variance 1 + 2 = 3. W2²: 1 + (√3 − 1)² twice and 4 + (√3 − 1)².
    const spread = (Math.sqrt(3) - 1) ** 2;
    const total = 6 + 3 * spread;
    const near = 1 / 3 - (0.5 * (1 + spread)) / total + 0.1;
    const far = 1 / 3 - (0.5 * (4 + spread)) / total + 0.1;
    const { weights, monitors } = aggregated(rule(0.5, 0.1), updates);
    expect(weights['a']).toBeCloseTo(near / (2 * near + far), 12);
    expect(weights['c']).toBeCloseTo(far / (2 * near + far), 12);
    expect(monitors).toEqual({ weightFallback: 0 });
  });

  it('falls back to the stays and says so where no term is positive', () => {
    const updates = [
      update('a', [1], { stays: 30, summary: summary(0) }),
      update('b', [2], { stays: 10, summary: summary(1) }),
    ];
    const { weights, monitors } = aggregated(rule(0, -1), updates);
    expect(weights).toEqual({ a: 0.75, b: 0.25 });
    expect(monitors).toEqual({ weightFallback: 1 });
  });
});
