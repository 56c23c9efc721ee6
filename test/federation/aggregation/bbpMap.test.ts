import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { bbpMap, type BbpOptions, type LocalNeurons } from '../../../src/federation/aggregation/bbpMap.js';

/** Defaults of IBM/FedMA. */
const published: BbpOptions = {
  variance: 1,
  priorVariance: 1,
  gamma: 7,
  sweeps: 5,
  priorMean: 0,
  biasPriorMean: 0.1,
};
const columns = 9;
const neurons = (rows: readonly (readonly number[])[]): LocalNeurons => ({
  count: rows.length,
  rows: Float64Array.from(rows.flat()),
});
const rowOf = (matched: { rows: Float64Array }, i: number) => [
  ...matched.rows.subarray(i * columns, (i + 1) * columns),
];

/** Neurons far from one another, and their order in every hospital. */
function planted(seed: number, count: number, hospitals: number, noise = 0) {
  const draw = random(seed, 'bbp');
  const truth = Array.from({ length: count }, () => Array.from({ length: columns }, () => 3 * draw.normal()));
  const orders = Array.from({ length: hospitals }, () => draw.permutation(count));
  return {
    truth,
    orders,
    local: orders.map((order) =>
      neurons([...order].map((i) => truth[i]!.map((value) => value + noise * draw.normal()))),
    ),
  };
}

describe('BBP-MAP of FedMA', () => {
  it('finds the common neurons and shrinks a mean of m matches by m / (m + 1)', () => {
    const hospitals = 4;
    const { truth, orders, local } = planted(1, 12, hospitals);
    const matched = bbpMap(local, columns, { ...published, biasPriorMean: 0 }, Infinity, random(1));
    expect(matched.count).toBe(12);
    expect([...matched.matches]).toEqual(Array.from({ length: 12 }, () => hospitals));
    matched.assignments.forEach((assignment, j) =>
      assignment.forEach((global, l) =>
        rowOf(matched, global).forEach((value, x) =>
          expect(value).toBeCloseTo((hospitals / (hospitals + 1)) * truth[orders[j]![l]!]![x]!, 10),
        ),
      ),
    );
  });

  it('puts the bias prior on the bias column, the last one, and nowhere else', () => {
    const { truth, orders, local } = planted(2, 6, 2);
    const matched = bbpMap(local, columns, { ...published, biasPriorMean: 0.6 }, Infinity, random(2));
    const row = rowOf(matched, matched.assignments[0]![0]!);
    const own = truth[orders[0]![0]!]!;
    row.forEach((value, x) =>
      expect(value).toBeCloseTo(((x === columns - 1 ? 0.6 : 0) + 2 * own[x]!) / 3, 10),
    );
  });

  it('weighs rows by precision: the posterior mean of a normal model', () => {
    const options = {
      ...published,
      variance: 0.5,
      priorVariance: 2,
      priorMean: 1,
      biasPriorMean: 1,
      sweeps: 0,
    };
    const { truth, orders, local } = planted(3, 5, 3, 0.01);
    const matched = bbpMap(local, columns, options, Infinity, random(3));
    expect(matched.count).toBe(5);
    const sums = new Float64Array(columns);
    const neuron = 2;
    orders.forEach((order, j) => {
      const l = order.indexOf(neuron);
      for (let x = 0; x < columns; x++) sums[x]! += local[j]!.rows[l * columns + x]!;
    });
    const found = rowOf(matched, matched.assignments[0]![orders[0]!.indexOf(neuron)]!);
    found.forEach((value, x) => expect(value).toBeCloseTo((1 / 2 + sums[x]! / 0.5) / (1 / 2 + 3 / 0.5), 10));
    expect(truth).toHaveLength(5);
  });

  it('keeps neurons of one hospital apart and gives neurons that nobody shares places of their own', () => {
    const truth = Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: columns }, (__, x) => (x === i % columns ? 10 * (i < columns ? 1 : -1) : 0)),
    );
    const matched = bbpMap(
      [neurons(truth.slice(0, 6)), neurons(truth.slice(4, 10))],
      columns,
      published,
      Infinity,
      random(4),
    );
    expect(matched.count).toBe(10);
    expect([...matched.matches].sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
    for (const assignment of matched.assignments) expect(new Set(assignment).size).toBe(assignment.length);
  });

  // The published sensitivity to scale: 8 hospitals of 64 unrelated neurons with weights of a trained layer's size.
  describe('with 8 hospitals of 64 unrelated neurons', () => {
    const draw = random(5, 'bbp');
    const wide = 125;
    const local = Array.from({ length: 8 }, () => ({
      count: 64,
      rows: Float64Array.from({ length: 64 * wide }, () => 0.2 * draw.normal()),
    }));
    const width = (options: Partial<BbpOptions>) =>
      bbpMap(local, wide, { ...published, sweeps: 1, ...options }, Infinity, random(6)).count;

    it('grows a little by default, not at all for a tiny γ, and matches nothing for a small σ²', () => {
      const byDefault = width({});
      expect(byDefault).toBeGreaterThan(64);
      expect(byDefault).toBeLessThan(200);
      expect(width({ gamma: 1e-3 })).toBe(64);
      expect(width({ variance: 0.01 })).toBe(512);
    });

    it('stays within a cap', () => {
      const capped = bbpMap(local, wide, { ...published, sweeps: 1, variance: 0.01 }, 100, random(6));
      expect(capped.count).toBe(100);
      expect(bbpMap(local, wide, { ...published, sweeps: 2 }, 64, random(6)).count).toBe(64);
    });
  });

  it('stays finite where a neuron could be held by all hospitals, however many sweeps', () => {
    for (const hospitals of [1, 2, 3, 10, 11, 12]) {
      const { local } = planted(7, 3, hospitals);
      const matched = bbpMap(local, columns, published, Infinity, random(7));
      expect(matched.count).toBe(3);
      expect(matched.rows.every(Number.isFinite)).toBe(true);
    }
  });

  it('accounts for every local neuron once, whatever the widths and options', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0.01, 1, 100),
        fc.constantFrom(1e-6, 1, 50),
        fc.constantFrom(6, 9, Infinity),
        fc.integer(),
        (counts, variance, gamma, cap, seed) => {
          const draw = random(seed, 'bbp');
          const local = counts.map((count) => ({
            count,
            rows: Float64Array.from({ length: count * columns }, () => draw.normal()),
          }));
          const matched = bbpMap(local, columns, { ...published, variance, gamma, sweeps: 2 }, cap, draw);
          expect(matched.count).toBeLessThanOrEqual(cap);
          expect(matched.count).toBeGreaterThanOrEqual(Math.max(...counts));
          const held = new Uint32Array(matched.count);
          matched.assignments.forEach((assignment, j) => {
            expect(assignment).toHaveLength(counts[j]!);
            expect(new Set(assignment).size).toBe(counts[j]);
            for (const global of assignment) held[global]!++;
          });
          expect(held).toEqual(matched.matches);
          expect(matched.matches.every((matches) => matches > 0)).toBe(true);
          // The posterior of every neuron from scratch.
          for (let i = 0; i < matched.count; i++)
            for (let x = 0; x < columns; x++) {
              let sum = x === columns - 1 ? 0.1 : 0;
              matched.assignments.forEach((assignment, j) => {
                const l = assignment.indexOf(i);
                if (l >= 0) sum += local[j]!.rows[l * columns + x]! / variance;
              });
              expect(matched.rows[i * columns + x]).toBeCloseTo(
                sum / (1 + matched.matches[i]! / variance),
                8,
              );
            }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuses a cap below the widest hospital', () => {
    const { local } = planted(8, 4, 2);
    expect(() => bbpMap(local, columns, published, 3, random(8))).toThrow(/cap of 3 neurons is below the 4/);
  });
});
