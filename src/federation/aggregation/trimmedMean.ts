import type { AggregationRule } from './contract.js';
import { middleMean } from './orderStatistics.js';

export interface TrimmedMeanOptions {
  /** Share β of hospitals that is cut at either end, 0 ≤ β < ½. */
  readonly share: number;
}

/**
 * Coordinate-wise trimmed mean (Yin et al. 2018): of every parameter the ⌊β·K⌋ lowest and highest values are left out, the
 * others count alike. With few hospitals ⌊β·K⌋ may be 0; the ledger holds the number that was cut (`cutHospitals`).
 */
export const trimmedMean = ({ share }: TrimmedMeanOptions): AggregationRule => ({
  id: 'trimmed-mean',
  aggregate: (updates, state) =>
    // The guard keeps 0.2 · 5 from counting as 0.9999….
    middleMean(updates, state, (hospitals) => Math.floor(share * hospitals + 1e-9)),
});
