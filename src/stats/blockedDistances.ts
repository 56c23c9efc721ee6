import { matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Program, Step } from '../engine/contract.js';
import { openProgram } from '../engine/program.js';

/** Points of one space, one a row. */
export interface Points {
  readonly rows: number;
  readonly width: number;
  /** [rows · width], finite */
  readonly values: Float32Array;
}

/** Squared Euclidean distances between some rows of one table and some rows of another. */
export interface DistanceBlock {
  /** First row of the first table and number of rows. */
  readonly fromA: number;
  readonly rowsA: number;
  /** First row of the second table and number of rows. */
  readonly fromB: number;
  readonly rowsB: number;
  /** [rowsA · stride], ≥ 0; row i of the block starts at i · stride. Overwritten by the next block. */
  readonly squared: Float64Array;
  readonly stride: number;
}

/** Rows of a block: large enough for the product to run near its peak, small enough for the second-level cache. */
export const BLOCK_ROWS = 512;

/** Multiplications up to which differences are squared one by one, in float64. */
const DIRECT_WORK = 2 ** 22;

/**
 * Visits the squared Euclidean distances of all pairs of rows block by block, so that memory does not grow with the
 * number of pairs. When both tables are the same object, only blocks on and above the diagonal come.
 *
 * Small tables: the sum of squared differences, exact in float64. Large ones: ‖x‖² + ‖y‖² − 2x·y with the products from
 * the engine in float32 and everything else in float64, around the mean of the first table's rows so that little
 * cancels, clipped at 0. There the error of a squared distance is about 1e-6 of ‖x‖² + ‖y‖², and two equal rows need not come out
 * as 0: whether rows are duplicates is not to be asked here.
 */
export async function visitSquaredDistances(
  a: Points,
  b: Points,
  visit: (block: DistanceBlock) => void | Promise<void>,
): Promise<void> {
  if (a.width !== b.width) throw new RangeError(`points of ${a.width} and ${b.width} columns`);
  const isDirect = a.rows * b.rows * a.width <= DIRECT_WORK;
  const fill = isDirect ? differences(a, b) : await products(a, b);
  const squared = new Float64Array(BLOCK_ROWS * BLOCK_ROWS);
  try {
    for (let fromA = 0; fromA < a.rows; fromA += BLOCK_ROWS) {
      const rowsA = Math.min(BLOCK_ROWS, a.rows - fromA);
      for (let fromB = a === b ? fromA : 0; fromB < b.rows; fromB += BLOCK_ROWS) {
        const rowsB = Math.min(BLOCK_ROWS, b.rows - fromB);
        const block = { fromA, rowsA, fromB, rowsB, squared, stride: BLOCK_ROWS };
        await fill.write(block);
        await visit(block);
      }
    }
  } finally {
    await fill.close();
  }
}

interface BlockFill {
  write(block: DistanceBlock): void | Promise<void>;
  close(): void | Promise<void>;
}

function differences(a: Points, b: Points): BlockFill {
  const { width } = a;
  return {
    write({ fromA, rowsA, fromB, rowsB, squared, stride }) {
      for (let i = 0; i < rowsA; i++)
        for (let j = 0; j < rowsB; j++) {
          const [x, y] = [(fromA + i) * width, (fromB + j) * width];
          let sum = 0;
          for (let c = 0; c < width; c++) {
            const difference = a.values[x + c]! - b.values[y + c]!;
            sum += difference * difference;
          }
          squared[i * stride + j] = sum;
        }
    },
    close: () => undefined,
  };
}

async function products(a: Points, b: Points): Promise<BlockFill> {
  const centre = columnMeans(a);
  const blocksOfA = centredBlocks(a, centre);
  const blocksOfB = a === b ? blocksOfA : centredBlocks(b, centre);
  const shape = [BLOCK_ROWS, a.width];
  const program: Program = await openProgram(product, { a: shape, b: shape }, { engine: 'onnx' });
  const into = { product: new Float32Array(BLOCK_ROWS * BLOCK_ROWS) };
  return {
    async write({ fromA, rowsA, fromB, rowsB, squared, stride }) {
      const ofA = blocksOfA[fromA / BLOCK_ROWS]!;
      const ofB = blocksOfB[fromB / BLOCK_ROWS]!;
      await program.run({ a: ofA.values, b: ofB.values }, into);
      for (let i = 0; i < rowsA; i++) {
        const norm = ofA.norms[i]!;
        for (let j = 0, at = i * stride; j < rowsB; j++, at++) {
          const distance = norm + ofB.norms[j]! - 2 * into.product[at]!;
          squared[at] = distance > 0 ? distance : 0;
        }
      }
    },
    close: () => program.dispose(),
  };
}

const product: Step = ({ a, b }) => ({ product: matMul(a as Tensor2D, b as Tensor2D, false, true) });

interface CentredBlock {
  /** [BLOCK_ROWS · width]; rows beyond the table are 0. */
  readonly values: Float32Array;
  /** [BLOCK_ROWS] squared length of every row. */
  readonly norms: Float64Array;
}

function centredBlocks({ rows, width, values }: Points, centre: Float64Array): CentredBlock[] {
  return Array.from({ length: Math.ceil(rows / BLOCK_ROWS) }, (_, block) => {
    const from = block * BLOCK_ROWS;
    const centred = new Float32Array(BLOCK_ROWS * width);
    const norms = new Float64Array(BLOCK_ROWS);
    for (let i = 0; i < Math.min(BLOCK_ROWS, rows - from); i++)
      for (let c = 0; c < width; c++) {
        const at = i * width + c;
        centred[at] = values[from * width + at]! - centre[c]!;
        norms[i]! += centred[at] * centred[at];
      }
    return { values: centred, norms };
  });
}

function columnMeans({ rows, width, values }: Points): Float64Array {
  const means = new Float64Array(width);
  for (let at = 0, c = 0; at < values.length; at++) {
    means[c]! += values[at]! / rows;
    if (++c === width) c = 0;
  }
  return means;
}

/** The rows of two tables in one, first those of `first`. */
export function stackPoints(first: Points, second: Points): Points {
  if (first.width !== second.width)
    throw new RangeError(`points of ${first.width} and ${second.width} columns`);
  const values = new Float32Array(first.values.length + second.values.length);
  values.set(first.values, 0);
  values.set(second.values, first.values.length);
  return { rows: first.rows + second.rows, width: first.width, values };
}
