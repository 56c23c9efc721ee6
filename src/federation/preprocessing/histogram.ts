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

/** Bin of a value; values outside the grid belong to its outermost bins. */
export const clampedBinOf = (edges: Float64Array, value: number): number =>
  binOf(edges, Math.min(Math.max(value, edges[0]!), edges.at(-1)!));

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
 * A grid that divides every occupied bin in about `bins` parts in all, by its share of the counts, and keeps the edges of
 * occupied bins: a new bin lies inside an old one or is a run of empty old ones. With `decimals`, edges lie half-way between
 * values that can occur, so that rounding and binning agree.
 */
export function refinedGrid(histogram: Histogram, bins: number, decimals: number | null): Float64Array {
  const total = totalCount(histogram);
  const { edges, counts } = histogram;
  const refined: number[] = [];
  counts.forEach((count, b) => {
    if (count === 0) return;
    const [low, high] = [edges[b]!, edges[b + 1]!];
    if (refined.at(-1) !== low) refined.push(low);
    const parts = Math.max(1, Math.round((bins * count) / total));
    const inner = distinctEdges(
      Float64Array.from({ length: parts - 1 }, (_, part) => low + ((part + 1) / parts) * (high - low)),
      decimals,
    );
    refined.push(...inner.filter((edge) => edge > low && edge < high), high);
  });
  return Float64Array.from(refined);
}
