import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { MetricDescriptor, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import type { DistanceReplicates } from './distributionDistances.js';

/** Mean of what is defined, in every replicate. */
export function meanReplicates(parts: readonly DistanceReplicates[]): DistanceReplicates {
  const resamples = parts[0]?.resampled.length ?? 0;
  return {
    point: meanOfDefined(parts.map(({ point }) => point)),
    resampled: Array.from({ length: resamples }, (_, b) =>
      meanOfDefined(parts.map(({ resampled }) => resampled[b]!)),
    ),
  };
}

/** The result of a mean with replicates: value ± 1.96 bootstrap standard errors. */
export function replicatesResult(
  { range, undefinedWhen }: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  { point, resampled }: DistanceReplicates,
  n: number,
  detail: Readonly<Record<string, unknown>>,
): Result {
  if (point === null) return undefinedResult(`no-value: ${undefinedWhen}`, n);
  const error = bootstrapStandardError(resampled);
  return okResult(point, error === null ? null : normalInterval(point, error, range), n, detail);
}
