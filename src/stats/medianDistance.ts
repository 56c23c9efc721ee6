import { visitSquaredDistances, type Points } from './blockedDistances.js';

/** Rows up to which every pair enters the median: two million pairs in one buffer. */
const MOST_ROWS = 2048;

/**
 * Median Euclidean distance between different rows (the mean of the two in the middle when pairs are even in number):
 * of all pairs up to 2,048 rows, else of the pairs of 2,048 evenly spread rows. NaN with fewer than two rows.
 */
export async function medianDistance(points: Points): Promise<number> {
  const chosen = points.rows <= MOST_ROWS ? points : evenlySpread(points, MOST_ROWS);
  const pairs = (chosen.rows * (chosen.rows - 1)) / 2;
  if (pairs === 0) return Number.NaN;
  const squared = new Float64Array(pairs);
  let filled = 0;
  await visitSquaredDistances(chosen, chosen, (block) => {
    for (let i = 0; i < block.rowsA; i++) {
      const start = block.fromA === block.fromB ? i + 1 : 0;
      const row = block.squared.subarray(i * block.stride + start, i * block.stride + block.rowsB);
      squared.set(row, filled);
      filled += row.length;
    }
  });
  const upper = Math.floor(pairs / 2);
  const ofUpper = Math.sqrt(select(squared, upper));
  if (pairs % 2 === 1) return ofUpper;
  // Selection leaves everything smaller to the left.
  let below = squared[0]!;
  for (let i = 1; i < upper; i++) if (squared[i]! > below) below = squared[i]!;
  return (Math.sqrt(below) + ofUpper) / 2;
}

function evenlySpread({ rows, width, values }: Points, count: number): Points {
  const chosen = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * rows) / count) * width;
    chosen.set(values.subarray(from, from + width), i * width);
  }
  return { rows: count, width, values: chosen };
}

/** The value at place k of the ascending order (Hoare's selection); afterwards nothing left of k is larger. */
function select(values: Float64Array, k: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const kept = values[i]!;
        values[i++] = values[j]!;
        values[j--] = kept;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}
