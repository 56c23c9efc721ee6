import { normalQuantile } from '../../stats/normal.js';
import { totalCount, type Histogram } from './histogram.js';

/** Scores end here, ±3.09: the outermost thousandth of a distribution has no reliable quantiles. */
const outermostLevel = 0.001;

/** A monotone map between values and normal scores, linear between knots and constant outside. */
export interface QuantileTransform {
  /** Rising strictly. */
  readonly values: Float64Array;
  /** Rising, not always strictly. */
  readonly scores: Float64Array;
}

/** `y` at `x` on the polyline through (xs, ys); constant outside. Where xs stand still, the middle of their ys. */
export function interpolate(xs: Float64Array, ys: Float64Array, x: number): number {
  const last = xs.length - 1;
  if (x < xs[0]!) return ys[0]!;
  if (x > xs[last]!) return ys[last]!;
  let low = 0;
  let high = last;
  // First knot at or after x.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  if (xs[low] === x) {
    let end = low;
    while (end < last && xs[end + 1] === x) end++;
    return (ys[low]! + ys[end]!) / 2;
  }
  const share = (x - xs[low - 1]!) / (xs[low]! - xs[low - 1]!);
  return ys[low - 1]! + share * (ys[low]! - ys[low - 1]!);
}

/** Quantile-to-normal transform of a histogram; null when it is empty (nothing was released). */
export function quantileTransform(histogram: Histogram): QuantileTransform | null {
  const total = totalCount(histogram);
  if (!(total > 0)) return null;
  const { edges, counts } = histogram;
  let bottom = 0;
  while (counts[bottom] === 0) bottom++;
  let top = counts.length;
  while (counts[top - 1] === 0) top--;
  const values = edges.slice(bottom, top + 1);
  let below = 0;
  const scores = Float64Array.from(values, (_, i) => {
    if (i > 0) below += counts[bottom + i - 1]!;
    return normalQuantile(Math.min(Math.max(below / total, outermostLevel), 1 - outermostLevel));
  });
  return { values, scores };
}

/** Normal score of a value. */
export const scoreOf = (transform: QuantileTransform, value: number): number =>
  interpolate(transform.values, transform.scores, value);

/** Value of a normal score. */
export const valueOf = (transform: QuantileTransform, score: number): number =>
  interpolate(transform.scores, transform.values, score);
