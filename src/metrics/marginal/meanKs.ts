import type { Cohort } from '../../cohort/types.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { featureDistances, sortedFeature } from './sortedFeatures.js';

/** The mean KS distance of two cohorts, and of bootstrap resamples of their patients; null where nothing is observed. */
export interface MeanKs {
  readonly point: number | null;
  readonly resampled: readonly (number | null)[];
}

/**
 * Mean over continuous and binary features of the KS statistic, as in marginal.ks: a feature observed on one side only
 * counts 1.
 *
 * @param seeds of the resamples of `first` and of `second`; equal seeds draw the same patients
 */
export function meanKs(
  first: Cohort,
  second: Cohort,
  resamples: number,
  seeds: readonly [number, number],
): MeanKs {
  const { index } = featuresWhere(second, isNumeric);
  const distances = featureDistances(first, second, index, resamples, seeds);
  const onOneSide = index.map(
    (f) => sortedFeature(first, f).values.length > 0 !== sortedFeature(second, f).values.length > 0,
  );
  const mean = (row: (typeof distances)['point']): number | null =>
    meanOfDefined(row.map((pair, i) => pair?.ks ?? (onOneSide[i] === true ? 1 : null)));
  return { point: mean(distances.point), resampled: distances.resampled.map(mean) };
}
