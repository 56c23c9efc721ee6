import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSmallCells } from '../../../src/federation/preprocessing/smallCells.js';

describe('mergeSmallCells', () => {
  const cells = (levels: number[], counts: number[]) => ({
    variables: levels.length / counts.length,
    levels: Int32Array.from(levels),
    counts: Float64Array.from(counts),
  });

  it('joins a small cell to its nearest neighbour, changing the label last', () => {
    // label, age bin of 5: (0, 0) × 100, (0, 4) × 100, (1, 0) × 4, (1, 4) × 9
    const merged = mergeSmallCells(cells([0, 0, 0, 4, 1, 0, 1, 4], [100, 100, 4, 9]), [100, 1], [null, 5]);
    expect([...merged.levels]).toEqual([0, 0, 0, 4, 1, 4]);
    expect([...merged.counts]).toEqual([100, 100, 13]);
  });

  it('prefers a near ordered level, then the larger cell', () => {
    const merged = mergeSmallCells(cells([0, 1, 3], [50, 20, 5]), [1], [4]);
    expect([...merged.counts]).toEqual([50, 25]);
    const tied = mergeSmallCells(cells([0, 1, 2], [20, 5, 50]), [1], [null]);
    expect([...tied.counts]).toEqual([20, 55]);
  });

  it('never releases a cell of 1…10 stays, and keeps the total where it releases anything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (counts) => {
        const levels = counts.flatMap((_, cell) => [cell % 2, cell % 5, cell]);
        const merged = mergeSmallCells(cells(levels, counts), [100, 1, 1], [null, 5, null]);
        const total = counts.reduce((sum, count) => sum + count, 0);
        expect(Math.min(...merged.counts, 11)).toBeGreaterThanOrEqual(11);
        expect(merged.counts.reduce((sum, count) => sum + count, 0)).toBe(total < 11 ? 0 : total);
      }),
    );
  });
});
