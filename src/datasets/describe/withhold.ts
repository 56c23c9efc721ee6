import { isSmallCell, SMALLEST_CELL } from '../../cohort/suppression.js';

/** Fewest values that a withheld count must still be able to have for a reader who knows everything that is printed. */
export const fewestPossibilities = 5;

/** A count that may be printed beside others and their total. */
export interface Cell {
  readonly count: number;
  /** The count's upper bound that a reader knows, e.g. the number of patients it is a part of; Infinity if there is none. */
  readonly most: number;
}

/** Whether a count must not be printed by itself: it, or what it leaves of `most`, is 1…10. */
export function disclosive({ count, most }: Cell): boolean {
  return isSmallCell(count) || isSmallCell(most - count);
}

/** What a reader who knows the rules can say of a withheld count before any total is used. */
function prior(cell: Cell): readonly [number, number] {
  if (isSmallCell(cell.count)) return [1, Math.min(cell.most, SMALLEST_CELL - 1)];
  if (isSmallCell(cell.most - cell.count)) return [Math.max(0, cell.most - SMALLEST_CELL + 1), cell.most - 1];
  return [0, cell.most];
}

/** Values that each withheld count can have when their sum is known too. */
function possibilities(withheld: readonly Cell[]): number[] {
  const bounds = withheld.map(prior);
  const sum = withheld.reduce((total, { count }) => total + count, 0);
  const lowest = bounds.reduce((total, [low]) => total + low, 0);
  const unbounded = bounds.filter(([, high]) => high === Infinity).length;
  const highest = bounds.reduce((total, [, high]) => total + (high === Infinity ? 0 : high), 0);
  return bounds.map(([low, high]) => {
    const others = unbounded - (high === Infinity ? 1 : 0);
    const least = others > 0 ? low : Math.max(low, sum - (highest - (high === Infinity ? 0 : high)));
    const most = Math.min(high, sum - (lowest - low));
    return most - least + 1;
  });
}

export interface Withheld {
  /** Per cell: must not be printed. */
  readonly hidden: readonly boolean[];
  /** The total must not be printed either. */
  readonly totalHidden: boolean;
}

/**
 * Which of several counts to withhold when their total is printed: all that are disclosive by themselves, and as many
 * others, the smallest first, until none of the former can be worked out to fewer than five values from the total.
 */
export function withhold(cells: readonly Cell[]): Withheld {
  const hidden = cells.map(disclosive);
  const primary = [...hidden];
  const spare = [...cells.keys()]
    .filter((index) => !hidden[index]! && cells[index]!.count > 0)
    .sort((a, b) => cells[a]!.count - cells[b]!.count || a - b);
  const open = (): boolean => {
    const withheld = [...cells.keys()].filter((index) => hidden[index]);
    const possible = possibilities(withheld.map((index) => cells[index]!));
    return withheld.some((index, at) => {
      if (!primary[index]) return false;
      const [low, high] = prior(cells[index]!);
      return possible[at]! < Math.min(fewestPossibilities, high - low + 1);
    });
  };
  while (open()) {
    const next = spare.shift();
    if (next === undefined) return { hidden, totalHidden: true };
    hidden[next] = true;
  }
  return { hidden, totalHidden: false };
}
