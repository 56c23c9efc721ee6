/** Counts of 1…10 stays never leave a hospital. */
export const minimumCell = 11;

/**
 * Counts of values per bin in which no released group stands for fewer than 11 stays.
 *
 * Neighbouring bins are put together from the lowest up until a group holds values of at least 11 different stays; what is
 * left over at the top joins the last group. A group's count is spread evenly over the bins from its lowest to its highest
 * occupied one. With fewer than 11 stays in all, every count is 0: nothing is released.
 *
 * @param bins bin of every value, −1 for values outside all bins (they are not counted)
 * @param stays stay of every value
 */
export function releasedCounts(bins: Int32Array, stays: Uint32Array, binCount: number): Float64Array {
  const released = new Float64Array(binCount);
  const start = new Uint32Array(binCount + 1);
  for (const bin of bins) if (bin >= 0) start[bin + 1]!++;
  for (let b = 0; b < binCount; b++) start[b + 1]! += start[b]!;
  const place = start.slice(0, binCount);
  const ordered = new Uint32Array(start[binCount]!);
  for (let i = 0; i < bins.length; i++) if (bins[i]! >= 0) ordered[place[bins[i]!]!++] = stays[i]!;

  const groups: { first: number; last: number; values: number }[] = [];
  const seen = new Map<number, number>();
  let group = 0;
  let distinct = 0;
  let first = -1;
  let last = -1;
  let values = 0;
  for (let b = 0; b < binCount; b++) {
    if (start[b + 1] === start[b]) continue;
    if (first < 0) first = b;
    last = b;
    for (let i = start[b]!; i < start[b + 1]!; i++) {
      values++;
      if (seen.get(ordered[i]!) !== group) {
        seen.set(ordered[i]!, group);
        distinct++;
      }
    }
    if (distinct >= minimumCell) {
      groups.push({ first, last, values });
      group++;
      distinct = 0;
      first = -1;
      values = 0;
    }
  }
  const top = groups.at(-1);
  if (top === undefined) return released;
  if (values > 0) {
    top.values += values;
    top.last = last;
  }
  for (const { first: from, last: to, values: count } of groups)
    for (let b = from; b <= to; b++) released[b] = count / (to - from + 1);
  return released;
}

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
    if (alive.length === 0 || counts[smallest]! >= minimumCell) break;
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
