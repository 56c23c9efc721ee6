import type { EventGroup } from './patientGroups.js';

/** Width 2^−14 of the finest cells, finer than the four decimals of a number in normal form. */
const FINEST = -14;

/** The lower edge of the finest cell of the grid that holds `end` and the values of `patients` patients. */
function outerEdge(end: number, inner: number): number {
  if (end < 0 !== inner < 0) {
    let width = 2 ** FINEST;
    while (-width > end || width <= inner) width *= 2;
    return -width;
  }
  // Numbers of finest cells, so that values next to 0 keep their sign when cells widen.
  const [outer, other] = [Math.floor(end / 2 ** FINEST), Math.floor(inner / 2 ** FINEST)];
  for (let width = 1; ; width *= 2) {
    const cell = Math.floor(outer / width);
    if (cell === Math.floor(other / width)) return cell * width * 2 ** FINEST;
  }
}

/**
 * Range of a group on a public grid: cells [k·2^j, (k + 1)·2^j), or [−2^j, 2^j) around 0. Its ends are the outer edges of the finest cells
 * in which the smallest and the largest value lie together with values of `smallestCell` patients or more. So it contains
 * all values, and what it says of each end is a cell that stands for as many patients, not a patient's value.
 *
 * @param group frequent enough, with every patient's smallest and largest value
 */
export function cellRange({ lows, highs }: EventGroup, smallestCell: number): readonly [number, number] {
  if (lows.length < smallestCell) throw new Error('a range of fewer patients than the smallest cell');
  const low = Float64Array.from(lows).sort();
  const high = Float64Array.from(highs, (value) => -value).sort();
  // The upper end is the lower end of the negated values; cells are closed below there, so both ends are included.
  return [outerEdge(low[0]!, low[smallestCell - 1]!) + 0, -outerEdge(high[0]!, high[smallestCell - 1]!) + 0];
}
