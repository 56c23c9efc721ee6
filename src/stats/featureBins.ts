import type { FeatureTable } from './featureTable.js';
import { sortedFloats } from './radixSort.js';

/** Bin 0 holds missing values; bins 1…63 lie between quantiles of the training rows. */
export const BINS = 64;

/** Upper edges of the bins of every column. */
export interface Bins {
  /** Per column ascending; a value belongs to bin 1 + (number of edges below it). */
  readonly edges: readonly Float32Array[];
}

/** Bin codes, column-major: `code[column · rows + i]`. */
export interface BinnedTable {
  readonly rows: number;
  readonly columns: number;
  readonly code: Uint8Array;
}

/** Quantiles are taken over at most this many evenly spread training rows. */
const ROWS_FOR_EDGES = 1024;

/** Fits bin edges halfway between neighbouring quantile values of the given rows. */
export function fitBins(table: FeatureTable, rows: ArrayLike<number>): Bins {
  const width = table.columns.length;
  const used = Math.min(rows.length, ROWS_FOR_EDGES);
  const sample = new Float32Array(used);
  const sorted = new Float32Array(used);
  const edges = table.columns.map((_, column) => {
    let known = 0;
    for (let i = 0; i < used; i++) {
      const value = table.values[rows[Math.floor((i * rows.length) / used)]! * width + column]!;
      if (!Number.isNaN(value)) sample[known++] = value;
    }
    return quantileEdges(sortedFloats(sample.subarray(0, known), sorted.subarray(0, known)));
  });
  return { edges };
}

function quantileEdges(sorted: Float32Array): Float32Array {
  const distinct: number[] = [];
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i - 1] !== sorted[i]) distinct.push(sorted[i]!);
  const edges: number[] = [];
  const add = (below: number, above: number): void => {
    const edge = Math.fround(below + (above - below) / 2);
    if (edges.at(-1) !== edge) edges.push(edge);
  };
  if (distinct.length < BINS) {
    for (let i = 0; i + 1 < distinct.length; i++) add(distinct[i]!, distinct[i + 1]!);
  } else {
    for (let bin = 1; bin < BINS - 1; bin++) {
      const at = Math.floor((bin * sorted.length) / (BINS - 1));
      if (sorted[at - 1]! < sorted[at]!) add(sorted[at - 1]!, sorted[at]!);
      else if (edges.at(-1) !== sorted[at]!) edges.push(sorted[at]!);
    }
  }
  return Float32Array.from(edges);
}

export function applyBins(bins: Bins, table: FeatureTable, rows: ArrayLike<number>): BinnedTable {
  const width = table.columns.length;
  const code = new Uint8Array(width * rows.length);
  const start = new Uint32Array(rows.length);
  for (let i = 0; i < start.length; i++) start[i] = rows[i]! * width;
  const edges = new Float32Array(BINS);
  for (let column = 0; column < width; column++) {
    edges.fill(Number.POSITIVE_INFINITY);
    edges.set(bins.edges[column]!);
    writeCodes(edges, table.values, start, column, code);
  }
  return { rows: rows.length, columns: width, code };
}

/**
 * Codes of one column. The binary search over the padded edges always takes six steps and none of them branches: which
 * way a value goes cannot be predicted.
 */
function writeCodes(
  edges: Float32Array,
  values: Float32Array,
  start: Uint32Array,
  column: number,
  code: Uint8Array,
): void {
  const first = column * start.length;
  for (let i = 0; i < start.length; i++) {
    const value = values[start[i]! + column]!;
    if (Number.isNaN(value)) continue;
    let below = Number(edges[31]! < value) << 5;
    below += Number(edges[below + 15]! < value) << 4;
    below += Number(edges[below + 7]! < value) << 3;
    below += Number(edges[below + 3]! < value) << 2;
    below += Number(edges[below + 1]! < value) << 1;
    below += Number(edges[below]! < value);
    code[first + i] = below + 1;
  }
}
