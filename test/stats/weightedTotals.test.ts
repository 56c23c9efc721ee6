import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { weightedTotals } from '../../src/stats/weightedTotals.js';

describe('totals of drawn rows', () => {
  // The last two are products on the engine, one of them with a tile that is not full.
  it.each([
    [5, 3, 2],
    [7, 130, 9],
    [1024, 400, 41],
    [1100, 777, 20],
  ])('%i rows of %i numbers, %i draws: as summed one by one', async (rows, width, count) => {
    const stream = random('weighted-totals', rows, width);
    const numbers = stream.fillNormal(new Float32Array(rows * width));
    const draws = Array.from({ length: count }, () =>
      Uint16Array.from({ length: rows }, () => stream.integer(4)),
    );
    const totals = await weightedTotals(numbers, width, draws);
    expect(totals).toHaveLength(count);
    draws.forEach((times, b) => {
      const expected = new Float64Array(width);
      for (let row = 0; row < rows; row++)
        for (let j = 0; j < width; j++) expected[j]! += times[row]! * numbers[row * width + j]!;
      expect(Math.max(...expected.map((sum, j) => Math.abs(sum - totals[b]![j]!)))).toBeLessThan(1e-9);
    });
  });

  it('are none without draws', async () => {
    expect(await weightedTotals(new Float32Array(6), 3, [])).toEqual([]);
  });
});
