import { rocOnGrid } from '../stats/rocCurve.js';

/** False-positive rates at which ROC curves are stored: dense where attacks matter, then every 2.5 %. */
const FALSE_POSITIVE_RATES: readonly number[] = [
  0,
  0.001,
  0.002,
  0.005,
  0.01,
  0.015,
  0.02,
  ...Array.from({ length: 40 }, (_, i) => (i + 1) / 40),
];

/** An ROC curve on a fixed grid, so that no point of it stands for a stay. */
export interface RocDetail {
  readonly fpr: readonly number[];
  readonly tpr: readonly number[];
}

export function rocDetail(positives: ArrayLike<number>, negatives: ArrayLike<number>): RocDetail {
  return { fpr: FALSE_POSITIVE_RATES, tpr: rocOnGrid(positives, negatives, FALSE_POSITIVE_RATES) };
}
