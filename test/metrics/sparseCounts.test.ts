import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignCounts, columnTotals, SparseCountsBuilder } from '../../src/metrics/sparseCounts.js';

/** [stay][entry] column and what is added to it. */
type Entries = readonly (readonly (readonly [number, number])[])[];

const SPACE = 90_000;

function countsOf(stays: Entries) {
  const builder = new SparseCountsBuilder(SPACE);
  for (const stay of stays) {
    for (const [column, amount] of stay) builder.add(column, amount);
    builder.endStay();
  }
  return builder.build();
}

function totalsOf(stays: Entries, times: readonly number[]): Map<number, number> {
  const totals = new Map<number, number>();
  stays.forEach((stay, i) => {
    for (const [column, amount] of stay) totals.set(column, (totals.get(column) ?? 0) + times[i]! * amount);
  });
  return totals;
}

const entries = (amount: fc.Arbitrary<number>): fc.Arbitrary<Entries> =>
  fc.array(fc.array(fc.tuple(fc.nat(12), amount), { maxLength: 6 }), { maxLength: 8 });

describe('sparse counts', () => {
  it.each([
    ['ones', fc.constant(1)],
    ['whole and broken amounts', fc.constantFrom(1, 2, 0.5, -3)],
  ])('of %s have the totals of their entries', (_, amount) => {
    fc.assert(
      fc.property(entries(amount), entries(amount), (first, second) => {
        const [a, b] = [countsOf(first), countsOf(second)];
        const aligned = alignCounts(a, b);
        for (const [stays, counts] of [
          [first, aligned.first],
          [second, aligned.second],
        ] as const) {
          const times = stays.map((_stay, i) => (i * 7) % 3);
          const expected = totalsOf(stays, times);
          const totals = columnTotals(
            counts,
            Uint16Array.from(times),
            new Float64Array(aligned.columns.length),
          );
          aligned.columns.forEach((column, k) =>
            expect(totals[k]).toBeCloseTo(expected.get(column) ?? 0, 12),
          );
        }
      }),
    );
  });

  it('store no amounts as long as all are 1, and 16-bit positions as long as they suffice', () => {
    const ones = countsOf([
      [[3, 1]],
      [
        [3, 1],
        [8, 1],
      ],
    ]);
    expect(ones.amount).toBeNull();
    expect(ones.position).toBeInstanceOf(Uint16Array);
    expect([
      ...countsOf([
        [[3, 1]],
        [
          [3, 1],
          [3, 1],
        ],
      ]).amount!,
    ]).toEqual([1, 2]);
  });

  it('of more than 65,536 columns and entries keep every column apart', () => {
    const column = (i: number): number => (i * 7919) % SPACE;
    const stays: Entries = [0, 1].map((from) =>
      Array.from({ length: 80_000 }, (_, i) => [column(i + 5000 * from), 1] as const),
    );
    const counts = countsOf(stays);
    expect(counts.columns).toHaveLength(85_000);
    const totals = columnTotals(counts, null, new Float64Array(85_000));
    const expected = totalsOf(stays, [1, 1]);
    expect([...counts.columns].every((name, k) => totals[k] === expected.get(name))).toBe(true);
  });
});
