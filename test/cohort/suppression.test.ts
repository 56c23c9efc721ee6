import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSmallCell, SMALLEST_CELL, withheldCells } from '../../src/cohort/suppression.js';

const shown = (counts: readonly (readonly number[])[]): (number | null)[][] => {
  const withheld = withheldCells(counts);
  return counts.map((row, r) => row.map((count, c) => (withheld[r]![c]! ? null : count)));
};

describe('withheld cells', () => {
  it('are none where no count is small', () => {
    expect(shown([[720, 240, 0], [30, 11, 0]])).toEqual([[720, 240, 0], [30, 11, 0]]); // prettier-ignore
  });

  it('hide the next smallest cell of row and column as well, so that no total gives the small one away', () => {
    expect(
      shown([
        [731, 247, 243],
        [120, 40, 39],
        [40, 14, 10],
      ]),
    ).toEqual([
      [731, 247, 243],
      [120, null, null],
      [40, null, null],
    ]);
  });

  it('hide both of two hospitals', () => {
    expect(shown([[731, 247, 243], [7, 4, 3]])).toEqual([[null, null, null], [null, null, null]]); // prettier-ignore
  });

  it('sum to at least 11, or the total of the others would tell a small number', () => {
    // 3 + 4 follows from the total: 7 patients.
    expect(shown([[100], [3], [4], [50]])).toEqual([[100], [null], [null], [null]]);
  });

  it('never include 0', () => {
    expect(shown([[5, 0], [30, 0], [40, 0]])).toEqual([[null, 0], [null, 0], [40, 0]]); // prettier-ignore
  });

  it('leave no small cell and no exposed line, whatever the table', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((columns) =>
          fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: columns, maxLength: columns }), {
            minLength: 1,
            maxLength: 8,
          }),
        ),
        (counts) => {
          const withheld = withheldCells(counts);
          counts.forEach((row, r) =>
            row.forEach((count, c) => {
              if (isSmallCell(count)) expect(withheld[r]![c]).toBe(true);
              if (count === 0) expect(withheld[r]![c]).toBe(false);
            }),
          );
          const lines = [
            ...counts.map((row, r) => row.map((count, c) => ({ count, hidden: withheld[r]![c]! }))),
            ...counts[0]!.map((_, c) =>
              counts.map((row, r) => ({ count: row[c]!, hidden: withheld[r]![c]! })),
            ),
          ];
          for (const line of lines) {
            const hidden = line.filter((cell) => cell.hidden);
            const left = line.some((cell) => !cell.hidden && cell.count > 0);
            const sum = hidden.reduce((all, { count }) => all + count, 0);
            if (hidden.length > 0 && left) {
              expect(hidden.length).toBeGreaterThan(1);
              expect(sum).toBeGreaterThanOrEqual(SMALLEST_CELL);
            }
          }
        },
      ),
    );
  });
});
