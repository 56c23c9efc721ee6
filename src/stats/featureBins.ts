import type { FeatureTable } from './featureTable.js';

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
  const edges = table.columns.map((_, column) => {
    let known = 0;
    for (let i = 0; i < used; i++) {
      const value = table.values[rows[Math.floor((i * rows.length) / used)]! * width + column]!;
      if (!Number.isNaN(value)) sample[known++] = value;
    }
    return quantileEdges(sample.subarray(0, known).sort());
  });
  return { edges };
}

function quantileEdges(sorted: Float32Array): Float32Array {
  const distinct: number[] = [];
  for (const value of sorted) if (distinct.at(-1) !== value) distinct.push(value);
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
  for (let column = 0; column < width; column++) {
    const edges = bins.edges[column]!;
    for (let i = 0; i < rows.length; i++) {
      const value = table.values[rows[i]! * width + column]!;
      if (Number.isNaN(value)) continue;
      let low = 0;
      let high = edges.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (edges[middle]! < value) low = middle + 1;
        else high = middle;
      }
      code[column * rows.length + i] = low + 1;
    }
  }
  return { rows: rows.length, columns: width, code };
}
