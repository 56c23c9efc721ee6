import { bootstrapStandardError } from '../stats/bootstrap.js';
import { normalInterval } from '../stats/interval.js';
import type { Random } from '../engine/random.js';
import type { Cohort } from '../cohort/types.js';
import { bootstrapSeed, definedOrNull } from './additiveGap.js';
import { comparisonCohort } from './comparison.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from './contract.js';
import { okResult, undefinedResult } from './defineMetric.js';
import { pairedReplicates, type CompareTotals, type Counting } from './pairedReplicates.js';

/** What a metric reads off a comparison of counts. */
export interface PairedComparison {
  readonly counting: Counting;
  /** Names the comparison in the cache. */
  readonly name: string;
  readonly compare: CompareTotals;
  /** Position of the metric's value in the compared vector; the other numbers serve other metrics and `detail`. */
  readonly value: number;
  readonly detail: (compared: Float64Array) => Readonly<Record<string, unknown>>;
}

/**
 * Result of a metric that compares counts of two cohorts: the value and an interval of ± 1.96 bootstrap standard errors
 * over the patients of both.
 */
export function pairedGap(
  descriptor: Pick<MetricDescriptor, 'range'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  comparing: (synthetic: Cohort, real: Cohort) => PairedComparison,
  whenUndefined: string,
): Result {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const { counting, name, compare, value: at, detail } = comparing(synthetic, real);
  const found = pairedReplicates(synthetic, real, counting, name, compare, resamples, seeds);
  const n = synthetic.size + real.size;
  const value = definedOrNull(found.point[at]!);
  if (value === null) return undefinedResult(whenUndefined, n);
  const standardError = bootstrapStandardError(found.resampled.map((row) => definedOrNull(row[at]!)));
  const interval = standardError === null ? null : normalInterval(value, standardError, descriptor.range);
  return okResult(value, interval, n, detail(found.point));
}
