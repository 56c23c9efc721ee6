import { BLOCK_ROWS, visitSquaredDistances, type DistanceBlock, type Points } from './blockedDistances.js';

/** Widths of the Gaussian kernels in units of the median distance. */
const KERNEL_WIDTHS = [0.5, 1, 2, 4, 8] as const;

/** Points of two samples, first those of the first, and who they belong to. */
export interface TwoSamples {
  readonly points: Points;
  /** Rows of the first sample. */
  readonly first: number;
  /** [rows] number of the patient; patients of the two samples have different numbers. */
  readonly owner: Uint32Array;
}

/** Sums of k(x, y) over pairs of rows of different patients. */
export interface KernelSums {
  /** [rows] over the partners in the first sample. */
  readonly toFirst: Float64Array;
  /** [rows] over the partners in the second sample. */
  readonly toSecond: Float64Array;
}

/** Sees the kernel of every block: 0 for pairs of one patient and below the diagonal, [BLOCK_ROWS · BLOCK_ROWS]. */
export type VisitKernel = (kernel: Float32Array, block: DistanceBlock) => Promise<void>;

/**
 * Sums of the kernel k = mean over σ ∈ {½, 1, 2, 4, 8}·`median` of exp(−d²/2σ²), which lies in (0, 1]. One pass over
 * blocks of distances.
 */
export async function kernelSums(
  { points, first, owner }: TwoSamples,
  median: number,
  visitKernel?: VisitKernel,
): Promise<KernelSums> {
  const toFirst = new Float64Array(points.rows);
  const toSecond = new Float64Array(points.rows);
  const kernel = new Float32Array(BLOCK_ROWS * BLOCK_ROWS);
  // The widest kernel; each narrower one is its fourth power, since σ halves.
  const rate = -1 / (2 * (KERNEL_WIDTHS.at(-1)! * median) ** 2);

  const addRow = (
    block: DistanceBlock,
    i: number,
    from: number,
    to: number,
    ofRow: Float64Array,
    ofPartner: Float64Array,
  ): void => {
    const { squared, stride, fromB } = block;
    const row = block.fromA + i;
    const patient = owner[row]!;
    let sum = 0;
    for (let j = from; j < to; j++) {
      const at = i * stride + j;
      const partner = fromB + j;
      if (owner[partner] === patient) {
        kernel[at] = 0;
        continue;
      }
      const widest = Math.exp(rate * squared[at]!);
      const wide = (widest * widest) ** 2;
      const middle = (wide * wide) ** 2;
      const narrow = (middle * middle) ** 2;
      const k = (widest + wide + middle + narrow + (narrow * narrow) ** 2) / KERNEL_WIDTHS.length;
      kernel[at] = k;
      sum += k;
      ofPartner[partner]! += k;
    }
    ofRow[row]! += sum;
  };

  await visitSquaredDistances(points, points, async (block) => {
    const { fromA, rowsA, fromB, rowsB } = block;
    const split = Math.max(0, Math.min(rowsB, first - fromB));
    for (let i = 0; i < rowsA; i++) {
      const start = fromA === fromB ? i + 1 : 0;
      kernel.fill(0, i * BLOCK_ROWS, i * BLOCK_ROWS + start);
      const toRow = fromA + i < first ? toFirst : toSecond;
      if (start < split) addRow(block, i, start, split, toFirst, toRow);
      addRow(block, i, Math.max(start, split), rowsB, toSecond, toRow);
    }
    if (visitKernel !== undefined) await visitKernel(kernel, block);
  });
  return { toFirst, toSecond };
}
