import type { Cohort } from '../../cohort/types.js';
import type { Channel } from './channels.js';
import { scoreOf, type QuantileTransform } from './quantileTransform.js';

/** A hospital's stays as the autoencoder reads them, one row per step within a stay. */
export interface EncodedStays {
  /** Number of rows: all steps of all stays. */
  readonly rows: number;
  /** [stays + 1], first row of every stay. */
  readonly firstRow: Uint32Array;
  /** [rows × channels], normal scores or 0/1; last observation carried forward, 0 before the first one. */
  readonly values: Float32Array;
  /** [rows × channels], weight of the reconstruction: 1 observed, `carriedWeight` carried, 0 never seen so far. */
  readonly weights: Float32Array;
  /** [rows × features], 1 = observed at this step */
  readonly masks: Float32Array;
}

/**
 * Turns stays into rows: values transformed to normal scores, the last observation carried forward as input and target.
 *
 * @param transforms per continuous channel; null where no distribution was released: the channel stays 0 and weightless
 */
export function encodeStays(
  cohort: Cohort,
  channels: readonly Channel[],
  transforms: readonly (QuantileTransform | null)[],
  carriedWeight: number,
  carryForward: boolean,
): EncodedStays {
  const { steps, features } = cohort.schema;
  const width = channels.length;
  const firstRow = new Uint32Array(cohort.size + 1);
  for (let i = 0; i < cohort.size; i++) firstRow[i + 1] = firstRow[i]! + cohort.length[i]!;
  const rows = firstRow[cohort.size]!;
  const values = new Float32Array(rows * width);
  const weights = new Float32Array(rows * width);
  const masks = new Float32Array(rows * features.length);
  for (let i = 0; i < cohort.size; i++) {
    for (let t = 0; t < cohort.length[i]!; t++) {
      const row = firstRow[i]! + t;
      const cell = (i * steps + t) * features.length;
      for (let f = 0; f < features.length; f++) masks[row * features.length + f] = cohort.observed[cell + f]!;
      for (let c = 0; c < width; c++) {
        const channel = channels[c]!;
        const at = row * width + c;
        if (cohort.observed[cell + channel.feature] === 1) {
          const value = cohort.values[cell + channel.feature]!;
          if (channel.kind === 'continuous') {
            const transform = transforms[channel.continuous] ?? null;
            if (transform === null) continue;
            values[at] = scoreOf(transform, value);
          } else values[at] = channel.level === null ? value : value === channel.level ? 1 : 0;
          weights[at] = 1;
        } else if (carryForward && t > 0 && weights[at - width]! > 0) {
          values[at] = values[at - width]!;
          weights[at] = carriedWeight;
        }
      }
    }
  }
  return { rows, firstRow, values, weights, masks };
}
