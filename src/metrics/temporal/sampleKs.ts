import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { bootstrapStandardError } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import {
  mergeSamples,
  twoSampleDistances,
  twoSampleReplicates,
  type SortedSample,
} from '../../stats/twoSample.js';
import { bootstrapSeed } from '../additiveGap.js';
import { comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import { meanOfDefined } from '../meanOfDefined.js';
import { resampledStays } from '../resampledStays.js';

/** One sample a variable; owners are stays. */
export type SamplesOf = (cohort: Cohort) => readonly SortedSample[];

/**
 * Result of a metric that is a mean of two-sample Kolmogorov–Smirnov statistics over variables: 1 for a variable with
 * values on exactly one side, left out when it has none on both. Interval: ± 1.96 standard errors of a bootstrap over
 * patients. `group` joins the values of the variables into the one that is scored (default: the mean of all).
 */
export function sampleKs(
  descriptor: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  samplesOf: SamplesOf,
  detail: (
    values: readonly (number | null)[],
    onOneSide: readonly boolean[],
  ) => Readonly<Record<string, unknown>>,
  group: (values: readonly (number | null)[]) => number | null = meanOfDefined,
): Result {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const n = synthetic.size + real.size;
  const [seedOfSynthetic, seedOfReal] = [bootstrapSeed(random), bootstrapSeed(random)];
  const drawsOfSynthetic = resampledStays(synthetic, resamples, seedOfSynthetic);
  const drawsOfReal = resampledStays(real, resamples, seedOfReal);
  const [onceSynthetic, onceReal] = [synthetic, real].map(({ size }) => new Uint16Array(size).fill(1));
  const [ofSynthetic, ofReal] = [samplesOf(synthetic), samplesOf(real)];
  const onOneSide = ofReal.map((sample, v) => sample.values.length > 0 !== ofSynthetic[v]!.values.length > 0);
  const values: (number | null)[] = [];
  const resampled = drawsOfReal.map((): (number | null)[] => []);
  ofReal.forEach((sample, v) => {
    const absent = onOneSide[v] === true ? 1 : null;
    const merged = mergeSamples(ofSynthetic[v]!, sample);
    values.push(twoSampleDistances(merged, onceSynthetic!, onceReal!)?.ks ?? absent);
    twoSampleReplicates(merged, drawsOfSynthetic, drawsOfReal).forEach((distances, b) => {
      resampled[b]!.push(distances?.ks ?? absent);
    });
  });
  const value = group(values);
  if (value === null) return undefinedResult(`no-value: ${descriptor.undefinedWhen}`, n);
  const standardError = bootstrapStandardError(resampled.map(group));
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, descriptor.range),
    n,
    detail(values, onOneSide),
  );
}
