import { openFloat64Product } from '../engine/onnx/float64Product.js';
import { LentScratch } from './scratch.js';

/** Multiplications from which a product on the engine is faster than opening one. */
const PRODUCT_WORK = 2 ** 24;

/** Numbers of the rows that one product sees: a few megabytes. */
const TILE_NUMBERS = 2 ** 18;

/**
 * Sums with every row counted as often as it was drawn, one vector a draw, in float64: the resamples of a statistic that
 * is a function of sums.
 *
 * @param rows [rows · width]
 * @param draws how often each row was drawn
 */
export async function weightedTotals(
  rows: Float32Array,
  width: number,
  draws: readonly Uint16Array[],
): Promise<readonly Float64Array[]> {
  const count = draws[0]?.length ?? 0;
  return draws.length * count * width < PRODUCT_WORK
    ? summedRows(rows, width, draws)
    : products(rows, width, count, draws);
}

const passing = new LentScratch(Float64Array);

function products(
  rows: Float32Array,
  width: number,
  count: number,
  draws: readonly Uint16Array[],
): Promise<readonly Float64Array[]> {
  const tile = Math.min(width, Math.max(16, Math.floor(TILE_NUMBERS / count)));
  return passing.lend(count * tile, (columns) => productsOfTiles(rows, width, count, draws, tile, columns));
}

/** @param columns [count · tile] for the rows' numbers in the columns of one tile */
async function productsOfTiles(
  rows: Float32Array,
  width: number,
  count: number,
  draws: readonly Uint16Array[],
  tile: number,
  columns: Float64Array,
): Promise<readonly Float64Array[]> {
  const weights = new Float64Array(draws.length * count);
  draws.forEach((times, b) => weights.set(times, b * count));
  const totals = draws.map(() => new Float64Array(width));
  const product = new Float64Array(draws.length * tile);
  const engine = await openFloat64Product(draws.length, count, tile);
  try {
    for (let from = 0; from < width; from += tile) {
      // Beyond the last column stand numbers of the tile before; their products are not read.
      const used = Math.min(tile, width - from);
      for (let row = 0, to = 0; row < count; row++, to += tile)
        for (let j = 0, at = row * width + from; j < used; j++) columns[to + j] = rows[at + j]!;
      await engine.run(weights, columns, product);
      totals.forEach((sums, b) => sums.set(product.subarray(b * tile, b * tile + used), from));
    }
  } finally {
    await engine.dispose();
  }
  return totals;
}

/** Columns summed before the next ones are touched: those of a thousand rows stay in the cache of the processor. */
const TILE = 64;

/** Four rows a pass spare memory traffic. */
function summedRows(
  rows: Float32Array,
  width: number,
  draws: readonly Uint16Array[],
): readonly Float64Array[] {
  const drawn = draws.map(drawnRows);
  const weights = draws.map((times) => new Float64Array(times));
  const totals = draws.map(() => new Float64Array(width));
  for (let from = 0; from < width; from += TILE) {
    const to = Math.min(width, from + TILE);
    weights.forEach((times, b) => {
      addRows(rows, width, drawn[b]!, times, totals[b]!, from, to);
    });
  }
  return totals;
}

function drawnRows(times: Uint16Array): Uint32Array {
  const rows = new Uint32Array(times.length);
  let count = 0;
  for (let row = 0; row < times.length; row++) if (times[row]! > 0) rows[count++] = row;
  return rows.subarray(0, count);
}

function addRows(
  rows: Float32Array,
  width: number,
  drawn: Uint32Array,
  times: Float64Array,
  totals: Float64Array,
  from: number,
  to: number,
): void {
  let k = 0;
  for (; k + 3 < drawn.length; k += 4) {
    const a = drawn[k]!;
    const b = drawn[k + 1]!;
    const c = drawn[k + 2]!;
    const d = drawn[k + 3]!;
    const timesA = times[a]!;
    const timesB = times[b]!;
    const timesC = times[c]!;
    const timesD = times[d]!;
    const fromA = a * width;
    const fromB = b * width;
    const fromC = c * width;
    const fromD = d * width;
    for (let j = from; j < to; j++)
      totals[j]! +=
        timesA * rows[fromA + j]! +
        timesB * rows[fromB + j]! +
        timesC * rows[fromC + j]! +
        timesD * rows[fromD + j]!;
  }
  for (; k < drawn.length; k++) {
    const start = drawn[k]! * width;
    const count = times[drawn[k]!]!;
    for (let j = from; j < to; j++) totals[j]! += count * rows[start + j]!;
  }
}
