import type { SuppressedCount } from './types.js';

/** Smallest number of patients that a published number may stand for; 1 to 10 are withheld, as CMS asks. */
export const SMALLEST_CELL = 11;

/** A count that must not be published; 0 tells of nobody. */
export const isSmallCell = (count: number): boolean => count > 0 && count < SMALLEST_CELL;

/** A count by itself, as it is written out. */
export const suppressedCount = (count: SuppressedCount): SuppressedCount =>
  typeof count === 'number' && isSmallCell(count) ? '<11' : count;

/**
 * Which cells of a table of counts are withheld when its totals are known: every cell of 1…10, and as many others that
 * no withheld one follows from a total. In every row and column, cells withheld are none, or at least two that sum to at
 * least 11, or all that are not 0. Others are taken smallest first, those of 0 never.
 *
 * @param counts [row][column]
 */
export function withheldCells(counts: readonly (readonly number[])[]): readonly (readonly boolean[])[] {
  const withheld = counts.map((row) => row.map(isSmallCell));
  const columns = counts[0]?.length ?? 0;
  const lines: (readonly (readonly [number, number])[])[] = [
    ...counts.map((row, r) => row.map((_, c) => [r, c] as const)),
    ...Array.from({ length: columns }, (_, c) => counts.map((_, r) => [r, c] as const)),
  ];
  for (let changed = true; changed;) {
    changed = false;
    for (const line of lines) {
      while (isExposed(line, counts, withheld)) {
        const [next] = line
          .filter(([r, c]) => !withheld[r]![c]! && counts[r]![c]! > 0)
          .sort(([r, c], [s, d]) => counts[r]![c]! - counts[s]![d]!);
        if (next === undefined) break;
        withheld[next[0]]![next[1]] = true;
        changed = true;
      }
    }
  }
  return withheld;
}

/** Whether the total of a line gives a withheld cell, or a sum of withheld cells under 11, away. */
function isExposed(
  line: readonly (readonly [number, number])[],
  counts: readonly (readonly number[])[],
  withheld: readonly (readonly boolean[])[],
): boolean {
  const hidden = line.filter(([r, c]) => withheld[r]![c]!);
  const sum = hidden.reduce((all, [r, c]) => all + counts[r]![c]!, 0);
  return hidden.length > 0 && (hidden.length < 2 || sum < SMALLEST_CELL);
}
