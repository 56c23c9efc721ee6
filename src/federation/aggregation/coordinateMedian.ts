import type { AggregationRule } from './contract.js';
import { middleMean } from './orderStatistics.js';

/**
 * Coordinate-wise median (Yin et al. 2018): the median of every parameter over hospitals, the mean of the two middle values
 * where their number is even. Every hospital counts alike, whatever its size: with stays as weights the largest hospital
 * could outvote the others.
 */
export const coordinateMedian: AggregationRule = {
  id: 'coordinate-median',
  aggregate: (updates, state) => middleMean(updates, state, (hospitals) => Math.ceil(hospitals / 2) - 1),
};
