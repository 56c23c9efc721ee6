import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SMALLEST_CELL, suppressedCount } from '../../../src/cohort/suppression.js';
import {
  disclosive,
  fewestPossibilities,
  withhold,
  type Cell,
} from '../../../src/datasets/describe/withhold.js';

const sizes = (...counts: number[]): Cell[] => counts.map((count) => ({ count, most: Infinity }));

/** Every value that a withheld small count can have for a reader with the printed counts and the total, by trying all. */
function feasible(cells: readonly Cell[], hidden: readonly boolean[], target: number): Set<number> {
  const withheld = cells.filter((_, index) => hidden[index]);
  const sum = withheld.reduce((total, { count }) => total + count, 0);
  const at = withheld.indexOf(cells[target]!);
  const choices = withheld.map(({ count, most }) => {
    const all = Array.from({ length: Math.min(most, sum) + 1 }, (_, value) => value);
    if (count > 0 && count < SMALLEST_CELL) return all.filter((value) => value >= 1 && value < SMALLEST_CELL);
    if (most - count > 0 && most - count < SMALLEST_CELL)
      return all.filter((value) => most - value >= 1 && most - value < SMALLEST_CELL);
    return all;
  });
  // Sums that the others can reach.
  let reachable = new Set([0]);
  for (const [index, values] of choices.entries()) {
    if (index === at) continue;
    const next = new Set<number>();
    for (const base of reachable) for (const value of values) if (base + value <= sum) next.add(base + value);
    reachable = next;
  }
  return new Set(choices[at]!.filter((value) => reachable.has(sum - value)));
}

describe('withhold', () => {
  it('leaves counts of 0 and from 11 alone', () => {
    expect(withhold(sizes(0, 11, 400))).toEqual({ hidden: [false, false, false], totalHidden: false });
  });

  it('withholds a second count where one would follow from the total', () => {
    expect(withhold(sizes(4, 300, 25, 80)).hidden).toEqual([true, false, true, false]);
  });

  it('withholds more than one other where their sum tells too much', () => {
    // 1 and 11 hidden with a sum of 12 would allow 1…10 for the former and 2…11 for the latter: enough.
    expect(withhold(sizes(1, 11, 50)).hidden).toEqual([true, true, false]);
    // Two cells of 1 have a sum of 2, which is as good as printing them.
    expect(withhold(sizes(1, 1, 30)).hidden).toEqual([true, true, true]);
  });

  it('withholds the total where nothing else helps', () => {
    expect(withhold(sizes(3)).totalHidden).toBe(true);
    expect(withhold(sizes(1, 1)).totalHidden).toBe(true);
  });

  it('also protects what a count leaves of its bound', () => {
    expect(disclosive({ count: 95, most: 100 })).toBe(true);
    const cells = [
      { count: 95, most: 100 },
      { count: 40, most: 200 },
      { count: 60, most: 300 },
    ];
    expect(withhold(cells).hidden).toEqual([true, true, false]);
  });

  it('never lets a small count be worked out to fewer than five values, whatever the counts', () => {
    const cell = fc
      .record({ most: fc.integer({ min: 0, max: 60 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ most, share }) => ({ count: Math.floor(share * most), most }));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const { hidden, totalHidden } = withhold(cells);
        for (const [index, one] of cells.entries()) {
          if (!disclosive(one)) continue;
          expect(hidden[index]).toBe(true);
          if (totalHidden) continue;
          const low = one.count > 0 && one.count < SMALLEST_CELL;
          const wide = low ? Math.min(one.most, SMALLEST_CELL - 1) : Math.min(one.most, SMALLEST_CELL - 1);
          expect(feasible(cells, hidden, index).size).toBeGreaterThanOrEqual(
            Math.min(fewestPossibilities, wide),
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('writes 1 to 10 as <11', () => {
    expect([0, 1, 10, 11, '<11' as const].map(suppressedCount)).toEqual([0, '<11', '<11', 11, '<11']);
  });
});
