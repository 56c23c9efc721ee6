import type { Cohort } from '../../cohort/types.js';
import { normalCdf, normalQuantile } from '../../stats/normal.js';
import { scoreOf, type QuantileTransform } from './quantileTransform.js';
import type { FeatureColumns } from './channels.js';

/** Where a recorded value may have lain before it was rounded, as levels of the pooled distribution. [rows × continuous] */
export interface ValueCells {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/**
 * The rounding cell of every observed value: value ± half a unit in its last recorded place.
 *
 * @param firstRow [stays + 1], first row of every stay
 * @param decimals per continuous column; null = not rounded
 */
export function valueCells(
  cohort: Cohort,
  columns: FeatureColumns,
  firstRow: Uint32Array,
  transforms: readonly (QuantileTransform | null)[],
  decimals: readonly (number | null)[],
): ValueCells {
  const { steps, features } = cohort.schema;
  const width = columns.continuous.length;
  const low = new Float32Array(firstRow[cohort.size]! * width).fill(0.5);
  const high = low.slice();
  columns.continuous.forEach((feature, c) => {
    const transform = transforms[c] ?? null;
    if (transform === null) return;
    const half = decimals[c] === null || decimals[c] === undefined ? 0 : 0.5 * 10 ** -decimals[c];
    const cells = new Map<number, readonly [number, number]>();
    for (let i = 0; i < cohort.size; i++)
      for (let t = 0; t < cohort.length[i]!; t++) {
        const from = (i * steps + t) * features.length + feature;
        if (cohort.observed[from] === 0) continue;
        const value = cohort.values[from]!;
        let levels = cells.get(value);
        if (levels === undefined) {
          levels = [normalCdf(scoreOf(transform, value - half)), normalCdf(scoreOf(transform, value + half))];
          cells.set(value, levels);
        }
        const at = (firstRow[i]! + t) * width + c;
        low[at] = levels[0];
        high[at] = levels[1];
      }
  });
  return { low, high };
}

/** A normal score from inside a value's cell, for a uniform in [0, 1). */
export const scoreInside = (cells: ValueCells, at: number, uniform: number): number =>
  normalQuantile(cells.low[at]! + uniform * (cells.high[at]! - cells.low[at]!));
