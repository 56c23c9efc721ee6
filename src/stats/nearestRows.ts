import { visitSquaredDistances, type Points } from './blockedDistances.js';

/** The nearest rows of another table for every row, nearest first. */
export interface NearestRows {
  /** Neighbours a row has. */
  readonly length: number;
  /** [rows · length] */
  readonly rows: Uint32Array;
  /** [rows · length] Euclidean distance, from the differences in float64 */
  readonly distances: Float64Array;
}

/**
 * The k nearest rows of `b` for every row of `a` by Euclidean distance, found through distances in blocks and then measured
 * directly, so that a duplicate is at exactly 0. The same table twice means neighbours within it, where a row is left out
 * as its own neighbour by its position. Fewer than k where `b` has fewer.
 */
export async function nearestRows(a: Points, b: Points, k: number): Promise<NearestRows> {
  const length = Math.min(k, b.rows - (a === b ? 1 : 0));
  const rows = new Uint32Array(a.rows * length);
  const squared = new Float64Array(a.rows * length).fill(Number.POSITIVE_INFINITY);
  if (length === 0) return { length, rows, distances: squared };
  const insert = (row: number, neighbour: number, value: number): void => {
    const first = row * length;
    let place = first + length - 1;
    if (value >= squared[place]!) return;
    for (; place > first && squared[place - 1]! > value; place--) {
      squared[place] = squared[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    squared[place] = value;
    rows[place] = neighbour;
  };
  await visitSquaredDistances(a, b, (block) => {
    const { fromA, fromB, stride } = block;
    for (let i = 0; i < block.rowsA; i++) {
      const row = fromA + i;
      const last = (row + 1) * length - 1;
      for (let j = a === b && fromA === fromB ? i + 1 : 0; j < block.rowsB; j++) {
        const value = block.squared[i * stride + j]!;
        if (value < squared[last]!) insert(row, fromB + j, value);
        if (a === b) insert(fromB + j, row, value);
      }
    }
  });
  return { length, rows, distances: measured(a, b, rows, length) };
}

/** Direct distances to the rows found; puts each list in their order. */
function measured(a: Points, b: Points, rows: Uint32Array, length: number): Float64Array {
  const distances = new Float64Array(rows.length);
  for (let row = 0; row < a.rows; row++) {
    const found = Array.from(rows.subarray(row * length, (row + 1) * length), (neighbour) => {
      let sum = 0;
      for (let c = 0; c < a.width; c++)
        sum += (a.values[row * a.width + c]! - b.values[neighbour * a.width + c]!) ** 2;
      return { neighbour, distance: Math.sqrt(sum) };
    }).sort((x, y) => x.distance - y.distance || x.neighbour - y.neighbour);
    found.forEach(({ neighbour, distance }, place) => {
      rows[row * length + place] = neighbour;
      distances[row * length + place] = distance;
    });
  }
  return distances;
}
