import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { cheapestAssignment } from '../../src/federation/hungarian.js';
import { cheapestTransport } from '../../src/federation/transport.js';

const cost = (costs: ArrayLike<number>, plan: Float64Array): number =>
  plan.reduce((sum, share, i) => sum + share * costs[i]!, 0);

/** Cost of the transport when every point is split into equal ones, so that it becomes an assignment. */
function asAssignment(costs: Float64Array, rows: number, columns: number): number {
  const size = rows * columns;
  const split = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      split[i * size + j] = costs[Math.floor(i / columns) * columns + Math.floor(j / rows)]!;
  let sum = 0;
  for (const [i, j] of cheapestAssignment(split, size, size).entries()) sum += split[i * size + j]!;
  return sum / rows;
}

const problem = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      costs: fc
        .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true })), {
          minLength: rows * columns,
          maxLength: rows * columns,
        })
        .map((values) => Float64Array.from(values)),
    }),
  );

describe('cheapestTransport', () => {
  it('is as cheap as the assignment of split points, and keeps both marginals', () => {
    fc.assert(
      fc.property(problem, ({ rows, columns, costs }) => {
        const plan = cheapestTransport(costs, rows, columns);
        expect(cost(costs, plan)).toBeCloseTo(asAssignment(costs, rows, columns), 8);
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let i = 0; i < rows; i++) sum += plan[i * columns + j]!;
          expect(sum).toBeCloseTo(1, 12);
        }
        for (let i = 0; i < rows; i++) {
          let sum = 0;
          for (let j = 0; j < columns; j++) {
            expect(plan[i * columns + j]!).toBeGreaterThanOrEqual(0);
            sum += plan[i * columns + j]!;
          }
          expect(sum).toBeCloseTo(columns / rows, 12);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the permutation of the Hungarian algorithm between equally many points', () => {
    const draw = random(1, 'transport');
    const costs = Float64Array.from({ length: 49 * 49 }, () => draw.uniform());
    const plan = cheapestTransport(costs, 49, 49);
    for (const [row, column] of cheapestAssignment(costs, 49, 49).entries())
      expect([...plan.subarray(row * 49, row * 49 + 49)]).toEqual(
        Array.from({ length: 49 }, (_, j) => (j === column ? 1 : 0)),
      );
  });

  it('refuses a wrong number of costs and costs that are not finite', () => {
    expect(() => cheapestTransport([1, 2, 3], 2, 3)).toThrow(/2 × 3 costs expected/);
    expect(() => cheapestTransport([NaN, NaN], 1, 2)).toThrow(/finite/);
  });
});
