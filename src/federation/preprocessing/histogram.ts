/** A piecewise uniform distribution: `counts[b]` values in (edges[b], edges[b+1]]; edges rise strictly. */
export interface Histogram {
  /** [bins + 1] */
  readonly edges: Float64Array;
  /** [bins] */
  readonly counts: Float64Array;
}

export const totalCount = (histogram: Histogram): number =>
  histogram.counts.reduce((sum, count) => sum + count, 0);

/** Sum of histograms on one grid. */
export function mergedHistogram(histograms: readonly Histogram[]): Histogram {
  const { edges } = histograms[0]!;
  const counts = new Float64Array(edges.length - 1);
  for (const histogram of histograms)
    for (let b = 0; b < counts.length; b++) counts[b]! += histogram.counts[b]!;
  return { edges, counts };
}

/** Bin of a value, −1 outside the grid; the lowest edge belongs to the first bin. */
export function binOf(edges: Float64Array, value: number): number {
  const bins = edges.length - 1;
  if (!(value >= edges[0]! && value <= edges[bins]!)) return -1;
  let low = 0;
  let high = bins;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle + 1]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Values at rising levels of the distribution function, linear inside bins. The histogram must not be empty. */
export function quantilesOf(histogram: Histogram, levels: ArrayLike<number>): Float64Array {
  const total = totalCount(histogram);
  if (!(total > 0)) throw new RangeError('an empty histogram has no quantiles');
  const { edges, counts } = histogram;
  const quantiles = new Float64Array(levels.length);
  let bin = 0;
  while (counts[bin] === 0) bin++;
  let below = 0;
  for (let i = 0; i < levels.length; i++) {
    const target = levels[i]! * total;
    for (;;) {
      const count = counts[bin]!;
      if (below + count >= target || bin === counts.length - 1) break;
      // Skips empty bins behind the last occupied one.
      let next = bin + 1;
      while (next < counts.length && counts[next] === 0) next++;
      if (next === counts.length) break;
      below += count;
      bin = next;
    }
    const share = Math.min(Math.max((target - below) / counts[bin]!, 0), 1);
    quantiles[i] = edges[bin]! + share * (edges[bin + 1]! - edges[bin]!);
  }
  return quantiles;
}

/** Rising numbers without repetitions, snapped to midpoints between neighbouring multiples of 10^−decimals. */
function distinctEdges(raw: Float64Array, decimals: number | null): Float64Array {
  const scale = decimals === null ? 1 : 10 ** decimals;
  const edges: number[] = [];
  for (const value of raw) {
    const edge = decimals === null ? value : (Math.floor(value * scale) + 0.5) / scale;
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** `bins` bins of equal width over a closed range, a little wider so that both ends lie inside. */
export function evenGrid(
  range: readonly [number, number],
  bins: number,
  decimals: number | null,
): Float64Array {
  const margin = Math.max((range[1] - range[0]) * 1e-6, 1e-6);
  const step = decimals === null ? 0 : 10 ** -decimals;
  const from = range[0] - margin - step;
  const width = (range[1] + margin + step - from) / bins;
  return distinctEdges(
    Float64Array.from({ length: bins + 1 }, (_, b) => from + b * width),
    decimals,
  );
}

/**
 * A grid on which the histogram's distribution has about equal counts per bin, inside the occupied part of the old one.
 * With `decimals`, edges lie half-way between values that can occur, so that rounding and binning agree.
 */
export function refinedGrid(histogram: Histogram, bins: number, decimals: number | null): Float64Array {
  const levels = Float64Array.from({ length: bins + 1 }, (_, b) => b / bins);
  const raw = quantilesOf(histogram, levels);
  const { edges, counts } = histogram;
  let top = counts.length - 1;
  while (counts[top] === 0) top--;
  let bottom = 0;
  while (counts[bottom] === 0) bottom++;
  const inner = distinctEdges(raw, decimals);
  const between = [...inner].filter((edge) => edge > edges[bottom]! && edge < edges[top + 1]!);
  // Both ends stay where they were: what was inside the grid remains inside.
  return Float64Array.from([edges[bottom]!, ...between, edges[top + 1]!]);
}
