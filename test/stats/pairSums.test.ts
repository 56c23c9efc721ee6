import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assemble } from '../../scripts/assembleKernels.mjs';
import { random } from '../../src/engine/random.js';
import { BLOCK, visitNearPairs } from '../../src/stats/pairSums.js';
import { PAIR_SUMS_KERNEL } from '../../src/stats/pairSumsKernel.js';

const MISSING = -1e13;

const coordinate = fc.oneof(
  fc.float({ min: -3, max: 3, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, MISSING, 1e12),
);

/** Rows of a few columns, filled up with zeros to a whole block. */
const rowsOf = (columns: number) =>
  fc.array(fc.array(coordinate, { minLength: columns, maxLength: columns }), {
    minLength: 1,
    maxLength: 150,
  });

const tables = fc.integer({ min: 1, max: 3 * BLOCK }).chain((columns) =>
  fc.record({
    width: fc.constant(Math.ceil(columns / BLOCK) * BLOCK),
    a: rowsOf(columns),
    b: rowsOf(columns),
  }),
);

function packed(rows: readonly (readonly number[])[], width: number): Float32Array {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => values.set(row, i * width));
  return values;
}

function plainSum(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, c) => sum + Math.min(1, Math.abs(Math.fround(value) - Math.fround(y[c]!))), 0);
}

const infinite = (rows: number): Float64Array => new Float64Array(rows).fill(Number.POSITIVE_INFINITY);

it('every pair comes once, in row order, with the sum of min(1, |x − y|)', () => {
  fc.assert(
    fc.property(tables, ({ width, a, b }) => {
      const seen = new Float64Array(a.length * b.length).fill(-1);
      const last = new Int32Array(a.length).fill(-1);
      visitNearPairs(
        packed(a, width),
        packed(b, width),
        width,
        infinite(a.length),
        infinite(b.length),
        (i, j, sum) => {
          expect(j).toBeGreaterThan(last[i]!);
          last[i] = j;
          seen[i * b.length + j] = sum;
        },
      );
      a.forEach((x, i) =>
        b.forEach((y, j) => {
          const expected = plainSum(x, y);
          expect(Math.abs(seen[i * b.length + j]! - expected)).toBeLessThanOrEqual(2 ** -23 * width);
        }),
      );
    }),
    { numRuns: 25 },
  );
});

it('a pair comes if and only if its sum is at most the larger limit, and has the same sum from both sides', () => {
  fc.assert(
    fc.property(tables, fc.double({ min: 0, max: 60, noNaN: true }), ({ width, a, b }, limit) => {
      const [ofA, ofB] = [packed(a, width), packed(b, width)];
      const all = new Map<string, number>();
      visitNearPairs(ofB, ofA, width, infinite(b.length), infinite(a.length), (j, i, sum) =>
        all.set(`${i} ${j}`, sum),
      );
      const limitOfB = Float64Array.from(b, (_, j) => (j % 3 === 0 ? limit : limit / 2));
      const limitOfA = Float64Array.from(a, (_, i) => (i % 5 === 0 ? limit / 1.5 : 0));
      const near = new Map<string, number>();
      visitNearPairs(ofA, ofB, width, limitOfA, limitOfB, (i, j, sum) => near.set(`${i} ${j}`, sum));
      const expected = [...all].filter(([pair, sum]) => {
        const [i, j] = pair.split(' ').map(Number);
        return sum <= Math.max(limitOfA[i!]!, limitOfB[j!]!);
      });
      expect([...near].sort()).toEqual(expected.sort());
    }),
    { numRuns: 25 },
  );
});

it('the order of the columns changes nothing', () => {
  const byColumns = (order: readonly number[]) => (row: readonly number[]) => order.map((c) => row[c]!);
  fc.assert(
    fc.property(tables, fc.nat(1000), ({ width, a, b }, seed) => {
      const order = [...random('columns', seed).permutation(a[0]!.length)];
      const sumsOf = (
        left: readonly (readonly number[])[],
        right: readonly (readonly number[])[],
      ): number[] => {
        const sums: number[] = [];
        visitNearPairs(
          packed(left, width),
          packed(right, width),
          width,
          infinite(left.length),
          infinite(right.length),
          (_, __, sum) => sums.push(sum),
        );
        return sums;
      };
      expect(sumsOf(a.map(byColumns(order)), b.map(byColumns(order)))).toEqual(sumsOf(a, b));
    }),
    { numRuns: 25 },
  );
});

it('equal rows have sum 0, and rows without a common observation the number of columns', () => {
  const row = Float32Array.from({ length: BLOCK }, (_, c) => (c % 2 === 0 ? MISSING : c / 7));
  const other = Float32Array.from({ length: BLOCK }, (_, c) => (c % 2 === 0 ? c / 7 : MISSING));
  const sums: number[] = [];
  const both = new Float32Array([...row, ...other]);
  visitNearPairs(row, both, BLOCK, infinite(1), infinite(2), (_, __, sum) => sums.push(sum));
  expect(sums).toEqual([0, BLOCK]);
});

it('rows that are no whole blocks are refused', () => {
  const rows = new Float32Array(BLOCK + 1);
  expect(() => visitNearPairs(rows, rows, BLOCK + 1, infinite(1), infinite(1), () => undefined)).toThrow(
    `rows of ${BLOCK + 1} columns are no multiple of ${BLOCK}`,
  );
});

it('the kernel that ships is the assembled source', async () => {
  expect(PAIR_SUMS_KERNEL).toBe(await assemble('pairSums.wat'));
});
