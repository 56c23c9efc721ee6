import type { Cohort } from '../cohort/types.js';
import type { Random } from '../engine/random.js';
import { bootstrapStandardError } from '../stats/bootstrap.js';
import { normalInterval } from '../stats/interval.js';
import { replicates, type AdditiveStatistic } from './additiveStatistic.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from './contract.js';
import { comparisonCohort } from './comparison.js';
import { okResult, undefinedResult } from './defineMetric.js';

/** How far two vectors of statistics are apart; null when nothing is defined on both sides. */
export type Gap = (synthetic: Float64Array, real: Float64Array) => number | null;

/**
 * Result of a metric that compares a vector of additive statistics: the gap, an interval of ± 1.96 bootstrap standard
 * errors over the patients of both cohorts, and what `detail` tells for figures.
 */
export async function additiveGap(
  descriptor: Pick<MetricDescriptor, 'range'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  statistic: AdditiveStatistic,
  gap: Gap,
  whenUndefined: string,
  detail: (synthetic: Float64Array, real: Float64Array, cohort: Cohort) => Readonly<Record<string, unknown>>,
): Promise<Result> {
  const real = comparisonCohort(inputs, parameters);
  const n = inputs.synthetic.size + real.size;
  const [seedOfSynthetic, seedOfReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const ofSynthetic = await replicates(inputs.synthetic, statistic, inputs.resamples, seedOfSynthetic);
  const ofReal = await replicates(real, statistic, inputs.resamples, seedOfReal);
  const value = gap(ofSynthetic.point, ofReal.point);
  if (value === null) return undefinedResult(whenUndefined, n);
  const standardError = bootstrapStandardError(
    ofSynthetic.resampled.map((resample, b) => gap(resample, ofReal.resampled[b]!)),
  );
  const interval = standardError === null ? null : normalInterval(value, standardError, descriptor.range);
  return okResult(value, interval, n, detail(ofSynthetic.point, ofReal.point, real));
}

/** A number that names a bootstrap stream. */
export function bootstrapSeed(random: Random): number {
  return random.integer(2 ** 31);
}

/** NaN, which marks an undefined statistic inside the computation, as null. */
export function definedOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
