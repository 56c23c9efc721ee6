import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releaseBinsOf } from './binsOfHospital.js';
import {
  releasedPerStep,
  spreadCounts,
  stayGroups,
} from '../../../src/federation/preprocessing/stayGroups.js';

const released = (bins: readonly number[], binCount: number): number[] => [
  ...spreadCounts(
    stayGroups(
      Int32Array.from(bins),
      Uint32Array.from(bins, (_, stay) => stay),
      binCount,
    ),
    binCount,
  ),
];
const times = (count: number, bin: number): number[] => Array<number>(count).fill(bin);
const support = (counts: readonly number[]): [number, number] => [
  counts.findIndex((count) => count > 0),
  counts.findLastIndex((count) => count > 0),
];

describe('stayGroups', () => {
  it('keeps the total, or releases nothing when fewer than 21 stays contribute', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 19 }), fc.nat(60)), { maxLength: 300 }),
        (cells) => {
          const stays = Uint32Array.from(cells, ([, stay]) => stay);
          const bins = Int32Array.from(cells, ([bin]) => bin);
          const groups = stayGroups(bins, stays, 20);
          const total = spreadCounts(groups, 20).reduce((sum, count) => sum + count, 0);
          expect(total).toBeCloseTo(new Set(stays).size < 21 ? 0 : cells.length, 6);
        },
      ),
    );
  });

  it('counts in every group values of at least 11 stays, and tiles the grid', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 39 }), { minLength: 21, maxLength: 200 }), (bins) => {
        const groups = stayGroups(
          Int32Array.from(bins),
          Uint32Array.from(bins, (_, stay) => stay),
          40,
        );
        expect(groups[0]!.from).toBe(0);
        expect(groups.at(-1)!.to).toBe(39);
        groups.forEach((group, g) => {
          expect(group.values).toBeGreaterThanOrEqual(11);
          if (g > 0) expect(group.from).toBe(groups[g - 1]!.to + 1);
        });
      }),
    );
  });

  it('does not show how far out the ten most extreme stays lie', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 40, max: 79 }), { minLength: 21, maxLength: 150 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(20),
        (bins, extremes, shift) => {
          const sorted = [...bins].sort((a, b) => a - b);
          const up = sorted.map((bin, i) => (i >= sorted.length - extremes ? bin + shift : bin));
          const down = sorted.map((bin, i) => (i < extremes ? bin - shift : bin));
          expect(support(released(up, 100))).toEqual(support(released(sorted, 100)));
          expect(support(released(down, 100))).toEqual(support(released(sorted, 100)));
        },
      ),
    );
  });

  it('ends the support at the 11th stay from either side: 199 pulses of 70…129 and one of 237', () => {
    const pulses = [...Array.from({ length: 199 }, (_, i) => 70 + (i % 60)), 237];
    const [lowest, highest] = support(released(pulses, 300));
    // Three or four stays have each of the values.
    expect([lowest, highest]).toEqual([72, 126]);
  });

  it('leaves bins of 11 stays alone, tiles what is between, and counts fewer in the full bin below', () => {
    // 6 + 6 stays between full bins are a group; 5 are not; 3 lie beyond the last full bin.
    const bins = [
      ...[
        times(11, 1),
        times(6, 3),
        times(6, 5),
        times(12, 8),
        times(5, 10),
        times(20, 12),
        times(3, 15),
      ].flat(),
    ];
    expect(released(bins, 16)).toEqual([0, 11, 2, 2, 2, 2, 2, 2, 17, 0, 0, 0, 23, 0, 0, 0]);
  });

  it('counts stays, not values', () => {
    expect(stayGroups(new Int32Array(500), new Uint32Array(500), 1)).toEqual([]);
  });
});

describe('releases on grids that narrow down', () => {
  it('divide earlier groups, so that no difference of two of them stands for fewer than 11 stays', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 30, maxLength: 200 }), (ages) => {
        const { passes } = releaseBinsOf(ages, [0, 120], 16, 3);
        const below = ({ edges, counts }: (typeof passes)[number], edge: number): number =>
          counts.reduce((sum, count, b) => (edges[b + 1]! <= edge ? sum + count : sum), 0);
        for (let pass = 1; pass < passes.length; pass++)
          for (const edge of passes[pass]!.edges) {
            if (!passes[pass - 1]!.edges.includes(edge)) continue;
            const difference = Math.abs(below(passes[pass]!, edge) - below(passes[pass - 1]!, edge));
            // A group that is spread over several bins may be divided; its ends stay where they are.
            if (difference > 1e-9) expect(passes[pass - 1]!.ends.has(edge)).toBe(false);
          }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a grid that cuts across what was released', () => {
    const { ask } = releaseBinsOf(
      Array.from({ length: 100 }, (_, i) => i % 50),
      [0, 120],
      16,
      2,
    );
    expect(() => ask(Float64Array.from({ length: 12 }, (_, b) => 10.7 * b))).toThrow(/must keep the ends/);
  });
});

describe('releasedPerStep', () => {
  it('tiles the hours from the first to the last with groups of 11 stays', () => {
    const hours = [...times(6, 2), ...times(6, 4), ...times(11, 5), ...times(4, 8)];
    const counts = releasedPerStep(
      Int32Array.from(hours),
      Uint32Array.from(hours, (_, stay) => stay),
      10,
    );
    expect([...counts]).toEqual([2.4, 2.4, 2.4, 2.4, 2.4, 3, 3, 3, 3, 3]);
  });

  it('releases nothing about fewer than 11 stays, however often each has a value', () => {
    expect([...releasedPerStep(new Int32Array(50), new Uint32Array(50), 1)]).toEqual([0]);
  });
});
