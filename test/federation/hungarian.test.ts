import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { cheapestAssignment } from '../../src/federation/hungarian.js';

function cost(costs: ArrayLike<number>, columns: number, assignment: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < assignment.length; i++) sum += costs[i * columns + assignment[i]!]!;
  return sum;
}

/** Cheapest total cost by trying every injective assignment. */
function bruteForce(costs: ArrayLike<number>, rows: number, columns: number): number {
  const used = new Uint8Array(columns);
  const visit = (row: number, sum: number): number => {
    if (row === rows) return sum;
    let best = Infinity;
    for (let j = 0; j < columns; j++) {
      if (used[j] === 1) continue;
      used[j] = 1;
      best = Math.min(best, visit(row + 1, sum + costs[row * columns + j]!));
      used[j] = 0;
    }
    return best;
  };
  return visit(0, 0);
}

describe('cheapestAssignment', () => {
  it('is as cheap as brute force in 2,000 random cases, square and wide, with ties', () => {
    const draw = random(1, 'hungarian');
    for (let trial = 0; trial < 2000; trial++) {
      const rows = 1 + draw.integer(trial % 20 === 0 ? 7 : 5);
      const columns = Math.min(7, rows + draw.integer(3));
      const integers = trial % 3 === 0;
      const costs = Float64Array.from({ length: rows * columns }, () =>
        integers ? draw.integer(4) - 2 : draw.normal(),
      );
      const assignment = cheapestAssignment(costs, rows, columns);
      expect(new Set(assignment).size).toBe(rows);
      expect(cost(costs, columns, assignment)).toBeCloseTo(bruteForce(costs, rows, columns), 10);
    }
  });

  it('keeps every row in place when staying is free and moving costs the same everywhere', () => {
    const costs = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 0 : 1));
    expect([...cheapestAssignment(costs, 6, 6)]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('recovers a planted permutation of 512 rows', () => {
    const draw = random(2, 'hungarian');
    const planted = draw.permutation(512);
    const costs = Float64Array.from({ length: 512 * 512 }, () => 0.1 + draw.uniform());
    planted.forEach((column, row) => (costs[row * 512 + column] = 0));
    expect([...cheapestAssignment(costs, 512, 512)]).toEqual([...planted]);
  });

  it('refuses more rows than columns, a wrong number of costs and costs that are not finite', () => {
    expect(() => cheapestAssignment([1, 2], 2, 1)).toThrow(/rows ≤ columns/);
    expect(() => cheapestAssignment([1, 2, 3], 2, 2)).toThrow(/2 × 2 costs expected, found 3/);
    expect(() => cheapestAssignment([NaN, NaN, NaN, NaN], 2, 2)).toThrow(/finite/);
  });
});
