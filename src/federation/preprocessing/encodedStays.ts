import type { Cohort } from '../../cohort/types.js';
import { binaryWidth, type FeatureColumns } from './channels.js';
import { scoreOf, type QuantileTransform } from './quantileTransform.js';

/** A hospital's stays as the autoencoder reads them, one row per step within a stay. */
export interface EncodedStays {
  /** Number of rows: all steps of all stays. */
  readonly rows: number;
  /** [stays + 1], first row of every stay. */
  readonly firstRow: Uint32Array;
  /** [rows × binaryWidth], 0/1; bytes, as there are many rows. */
  readonly binary: Uint8Array;
  /** [rows × continuous], normal scores; 0 where there is no value yet. */
  readonly continuous: Float32Array;
  /** [rows × continuous], weight of the reconstruction: 1 observed, `carriedWeight` carried, 0 never seen so far. */
  readonly cellWeight: Float32Array;
  /** [rows × continuous], 1 = observed at this step */
  readonly mask: Uint8Array;
}

export interface CarryOptions {
  /** Use the last observation, carried forward, as input and target where nothing was observed. */
  readonly carryForward: boolean;
  /** Weight of a carried value in the reconstruction, against 1 for an observed one. */
  readonly carriedWeight: number;
}

/**
 * Turns stays into rows: values transformed to normal scores, the last observation carried forward as input and target.
 * A 0/1 column that was never observed is 0.
 *
 * @param transforms per continuous column; null where no distribution was released: the column stays 0 and weightless
 */
export function encodeStays(
  cohort: Cohort,
  columns: FeatureColumns,
  transforms: readonly (QuantileTransform | null)[],
  { carryForward, carriedWeight }: CarryOptions,
): EncodedStays {
  const { steps, features } = cohort.schema;
  const width = columns.continuous.length;
  const flags = binaryWidth(columns);
  const firstRow = new Uint32Array(cohort.size + 1);
  for (let i = 0; i < cohort.size; i++) firstRow[i + 1] = firstRow[i]! + cohort.length[i]!;
  const rows = firstRow[cohort.size]!;
  const binary = new Uint8Array(rows * flags);
  const continuous = new Float32Array(rows * width);
  const cellWeight = new Float32Array(rows * width);
  const mask = new Uint8Array(rows * width);
  for (let i = 0; i < cohort.size; i++) {
    for (let t = 0; t < cohort.length[i]!; t++) {
      const row = firstRow[i]! + t;
      const cell = (i * steps + t) * features.length;
      for (let c = 0; c < width; c++) {
        const at = row * width + c;
        const from = cell + columns.continuous[c]!;
        const transform = transforms[c] ?? null;
        if (cohort.observed[from] === 1) {
          mask[at] = 1;
          if (transform === null) continue;
          continuous[at] = scoreOf(transform, cohort.values[from]!);
          cellWeight[at] = 1;
        } else if (carryForward && t > 0 && cellWeight[at - width]! > 0) {
          continuous[at] = continuous[at - width]!;
          cellWeight[at] = carriedWeight;
        }
      }
      columns.binary.forEach(({ feature, level }, b) => {
        const at = row * flags + b;
        if (cohort.observed[cell + feature] === 1)
          binary[at] = cohort.values[cell + feature] === (level ?? 1) ? 1 : 0;
        else if (carryForward && t > 0) binary[at] = binary[at - flags]!;
      });
      columns.discrete.forEach((feature, d) => {
        binary[row * flags + columns.binary.length + d] = cohort.observed[cell + feature]!;
      });
    }
  }
  return { rows, firstRow, binary, continuous, cellWeight, mask };
}
