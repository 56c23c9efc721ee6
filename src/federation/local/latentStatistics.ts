import { minimumStaysForMoments } from '../disclosure.js';
import type { ReplyOf } from '../messages.js';
import type { EncodedStays } from '../preprocessing/encodedStays.js';

/** Number, sums, sums of squares and on request of products of rows of latents; null where too few stays. */
export function latentMoments(
  latents: Float32Array,
  rows: number,
  stays: number,
  withProducts: boolean,
): ReplyOf<'latentMoments'>['moments'] {
  if (stays < minimumStaysForMoments) return null;
  const width = latents.length / rows;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  const products = withProducts ? new Float64Array(width * width) : null;
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < width; x++) {
      const value = latents[row * width + x]!;
      sums[x]! += value;
      squares[x]! += value * value;
      if (products === null) continue;
      for (let y = 0; y < width; y++) products[x * width + y]! += value * latents[row * width + y]!;
    }
  return { rows, sums, squares, products };
}

/** a → (a − mean) / deviation in place; 0 for dimensions that do not vary (deviation under 0.001). */
export function standardise(latents: Float32Array, mean: Float64Array, deviation: Float64Array): void {
  const width = mean.length;
  for (let at = 0; at < latents.length; at += width)
    for (let x = 0; x < width; x++)
      latents[at + x] = deviation[x]! < 1e-3 ? 0 : (latents[at + x]! - mean[x]!) / deviation[x]!;
}

/** How many different stays contribute to every column; stays come one after the other. */
class CountedStays {
  readonly counts: Uint32Array;
  readonly #latest: Int32Array;

  constructor(columns: number) {
    this.counts = new Uint32Array(columns);
    this.#latest = new Int32Array(columns).fill(-1);
  }

  add(column: number, stay: number): void {
    if (this.#latest[column] === stay) return;
    this.#latest[column] = stay;
    this.counts[column]!++;
  }
}

/**
 * Sums over the decoding residual r = value − decoded of every continuous column: squares over observed cells, and
 * products of neighbouring steps over pairs that both have a value, observed or carried. Null where too few stays; 0 for
 * columns that fewer than 50 stays observed, and without products where fewer than 50 stays have such a pair.
 */
export function residualSums(
  stays: EncodedStays,
  decoded: Float32Array,
): ReplyOf<'adoptLatents'>['residuals'] {
  const size = stays.firstRow.length - 1;
  if (size < minimumStaysForMoments) return null;
  const width = stays.continuous.length / stays.rows;
  const sums = {
    cells: new Float64Array(width),
    squares: new Float64Array(width),
    products: new Float64Array(width),
    earlierSquares: new Float64Array(width),
    laterSquares: new Float64Array(width),
  };
  const squareStays = new CountedStays(width);
  const pairStays = new CountedStays(width);
  for (let stay = 0; stay < size; stay++)
    for (let row = stays.firstRow[stay]!; row < stays.firstRow[stay + 1]!; row++)
      for (let c = 0; c < width; c++) {
        const at = row * width + c;
        if (stays.cellWeight[at] === 0) continue;
        const residual = stays.continuous[at]! - decoded[at]!;
        if (stays.mask[at] === 1) {
          squareStays.add(c, stay);
          sums.cells[c]!++;
          sums.squares[c]! += residual * residual;
        }
        if (row > stays.firstRow[stay]! && stays.cellWeight[at - width]! > 0) {
          pairStays.add(c, stay);
          const earlier = stays.continuous[at - width]! - decoded[at - width]!;
          sums.products[c]! += earlier * residual;
          sums.earlierSquares[c]! += earlier * earlier;
          sums.laterSquares[c]! += residual * residual;
        }
      }
  for (let c = 0; c < width; c++) {
    const observed = squareStays.counts[c]! >= minimumStaysForMoments;
    if (!observed) sums.cells[c] = sums.squares[c] = 0;
    if (!observed || pairStays.counts[c]! < minimumStaysForMoments)
      sums.products[c] = sums.earlierSquares[c] = sums.laterSquares[c] = 0;
  }
  return sums;
}
