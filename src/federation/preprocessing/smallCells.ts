import { SMALLEST_CELL } from '../../cohort/suppression.js';

/** Cells of a joint histogram: `levels` is [cells × variables], `counts` [cells]. */
export interface JointCells {
  readonly variables: number;
  readonly levels: Int32Array;
  readonly counts: Float64Array;
}

/**
 * Joins cells with fewer than 11 stays to their nearest neighbour, smallest first, until every cell has 11 or more; the
 * total stays the same. The distance of two cells is Σ_v weight_v · d_v, d_v being 0 or 1 for nominal variables and the
 * difference of levels over their range for ordered ones; ties go to the larger cell, then to the earlier one. With
 * fewer than 11 stays in all, no cell is left.
 */
export function mergeSmallCells(
  cells: JointCells,
  weights: readonly number[],
  orderedLevels: readonly (number | null)[],
): JointCells {
  const { variables } = cells;
  const alive = Array.from({ length: cells.counts.length }, (_, cell) => cell);
  const counts = cells.counts.slice();
  const distance = (a: number, b: number): number => {
    let sum = 0;
    for (let v = 0; v < variables; v++) {
      const gap = Math.abs(cells.levels[a * variables + v]! - cells.levels[b * variables + v]!);
      const range = orderedLevels[v];
      sum += weights[v]! * (range == null ? Math.min(gap, 1) : gap / Math.max(range - 1, 1));
    }
    return sum;
  };
  for (;;) {
    const smallest = alive.reduce((best, cell) => (counts[cell]! < counts[best]! ? cell : best), alive[0]!);
    if (alive.length === 0 || counts[smallest]! >= SMALLEST_CELL) break;
    alive.splice(alive.indexOf(smallest), 1);
    if (alive.length === 0) break;
    let nearest = alive[0]!;
    let nearestDistance = distance(smallest, nearest);
    for (const cell of alive) {
      const d = distance(smallest, cell);
      if (d < nearestDistance || (d === nearestDistance && counts[cell]! > counts[nearest]!)) {
        nearest = cell;
        nearestDistance = d;
      }
    }
    counts[nearest]! += counts[smallest]!;
  }
  const levels = new Int32Array(alive.length * variables);
  alive.forEach((cell, to) =>
    levels.set(cells.levels.subarray(cell * variables, (cell + 1) * variables), to * variables),
  );
  return { variables, levels, counts: Float64Array.from(alive, (cell) => counts[cell]!) };
}
