import { PAIR_SUMS_KERNEL } from './pairSumsKernel.js';

/** Columns between two looks at whether a pair can still matter; rows come in whole blocks of it, the rest zeros. */
export const BLOCK = 48;

/** Rows of either side that are compared with each other before the next ones, so that they stay in the second-level cache. */
const ROWS_AT_ONCE = 64;

/** Bytes of a page of WebAssembly memory. */
const PAGE = 2 ** 16;

/** What of WebAssembly is used; Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  readonly pairSums: (
    a: number,
    b: number,
    rows: number,
    bytes: number,
    largest: number,
    limits: number,
    sums: number,
  ) => void;
}

let kernel: Kernel | null = null;

/** The kernel of this thread with room for `bytes`. */
function kernelWith(bytes: number): Kernel {
  if (kernel === null) {
    const module = new WebAssembly.Module(Buffer.from(PAIR_SUMS_KERNEL, 'base64'));
    kernel = new WebAssembly.Instance(module).exports as Kernel;
  }
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE));
  return kernel;
}

/**
 * Visits the pairs of rows whose sum over columns of min(1, |x − y|) is at most the larger of the limits of the two rows.
 * Differences are float32, rounded to multiples of 2⁻²³ and then added exactly: the order of the columns does not matter, a
 * pair has the same sum whichever row is the first, and equal rows have 0 (so have rows that differ by less than 2⁻²⁴
 * everywhere). For a row of either side pairs come in the order of the other side's rows. Limits may be lowered while it
 * runs, by `visit` as well; a pair that only the former limit lets through may then still come. `visit` must not visit
 * other pairs itself.
 *
 * @param a [rows · width]
 * @param b [rows · width]
 * @param width a multiple of `BLOCK`
 * @param limitOfA [rows of a]
 * @param limitOfB [rows of b]
 */
export function visitNearPairs(
  a: Float32Array,
  b: Float32Array,
  width: number,
  limitOfA: Float64Array,
  limitOfB: Float64Array,
  visit: (rowOfA: number, rowOfB: number, sum: number) => void,
): void {
  if (width % BLOCK !== 0) throw new RangeError(`rows of ${width} columns are no multiple of ${BLOCK}`);
  const [rowsA, rowsB] = [limitOfA.length, limitOfB.length];
  const rowBytes = 4 * width;
  const tileBytes = ROWS_AT_ONCE * rowBytes;
  const limitsAt = 2 * tileBytes;
  const sumsAt = limitsAt + 8 * ROWS_AT_ONCE;
  const { memory, pairSums } = kernelWith(sumsAt + 8 * ROWS_AT_ONCE);
  const tiles = new Float32Array(memory.buffer, 0, 2 * ROWS_AT_ONCE * width);
  const limits = new Float64Array(memory.buffer, limitsAt, ROWS_AT_ONCE);
  const sums = new Float64Array(memory.buffer, sumsAt, ROWS_AT_ONCE);
  for (let startA = 0; startA < rowsA; startA += ROWS_AT_ONCE) {
    const endA = Math.min(rowsA, startA + ROWS_AT_ONCE);
    tiles.set(a.subarray(startA * width, endA * width), 0);
    for (let startB = 0; startB < rowsB; startB += ROWS_AT_ONCE) {
      const inTile = Math.min(rowsB, startB + ROWS_AT_ONCE) - startB;
      tiles.set(b.subarray(startB * width, (startB + inTile) * width), ROWS_AT_ONCE * width);
      for (let i = startA; i < endA; i++) {
        for (let j = 0; j < inTile; j++) limits[j] = limitOfB[startB + j]!;
        const largest = limitOfA[i]!;
        pairSums((i - startA) * rowBytes, tileBytes, inTile, rowBytes, largest, limitsAt, sumsAt);
        for (let j = 0; j < inTile; j++) {
          const sum = sums[j]!;
          if (sum <= largest || sum <= limits[j]!) visit(i, startB + j, sum);
        }
      }
    }
  }
}
