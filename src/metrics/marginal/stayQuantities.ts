import type { Cohort } from '../../cohort/types.js';
import { mergeSamples, sortSample, twoSampleDistances, type SortedSample } from '../../stats/twoSample.js';
import { bootstrapSeed } from '../additiveGap.js';
import { CohortCache } from '../cohortCache.js';
import { comparisonCohort } from '../comparison.js';
import type { MetricDescriptor, MetricInputs, MetricParameters, Result } from '../contract.js';
import type { Random } from '../../engine/random.js';
import type { SeedPair } from '../pairedReplicates.js';
import { resampledStays } from '../resampledStays.js';
import { meanOfGaps, worstGap, type VariableGap } from './variableGaps.js';

/** One number of a stay, e.g. its length; null where the stay has none. */
export interface StayQuantity {
  /** Names it in details and in the cache; unique. */
  readonly name: string;
  of(cohort: Cohort, stay: number): number | null;
}

const cache = new CohortCache<SortedSample>();

/** KS distance of a quantity between the stays of two cohorts; 1 when exactly one of them has any value. */
export function quantityGap(
  synthetic: Cohort,
  real: Cohort,
  quantity: StayQuantity,
  resamples: number,
  seeds: SeedPair,
): VariableGap {
  const [ofSynthetic, ofReal] = [sample(synthetic, quantity), sample(real, quantity)];
  if (ofSynthetic.values.length > 0 !== ofReal.values.length > 0) return worstGap(quantity.name, resamples);
  const merged = mergeSamples(ofSynthetic, ofReal);
  const ks = (first: ArrayLike<number>, second: ArrayLike<number>): number | null =>
    twoSampleDistances(merged, first, second)?.ks ?? null;
  const draws = resampledStays(real, resamples, seeds[1]);
  return {
    name: quantity.name,
    value: ks(new Uint16Array(synthetic.size).fill(1), new Uint16Array(real.size).fill(1)),
    resampled: resampledStays(synthetic, resamples, seeds[0]).map((drawn, b) => ks(drawn, draws[b]!)),
    absentOnOneSide: false,
  };
}

/** Result of a metric that is the KS distance of one quantity of stays. */
export function quantityKs(
  descriptor: Pick<MetricDescriptor, 'range' | 'undefinedWhen'>,
  inputs: MetricInputs,
  parameters: MetricParameters,
  random: Random,
  quantity: StayQuantity,
): Result {
  const { synthetic, resamples } = inputs;
  const real = comparisonCohort(inputs, parameters);
  const seeds = [bootstrapSeed(random), bootstrapSeed(random)] as const;
  const gap = quantityGap(synthetic, real, quantity, resamples, seeds);
  const n = synthetic.size + real.size;
  return meanOfGaps(descriptor, [gap], resamples, n, `no-value: ${descriptor.undefinedWhen}`, {
    meanSynthetic: mean(sample(synthetic, quantity)),
    meanReal: mean(sample(real, quantity)),
  });
}

function sample(cohort: Cohort, quantity: StayQuantity): SortedSample {
  return cache.get(cohort, quantity.name, () => {
    const values = new Float32Array(cohort.size);
    const owner = new Uint32Array(cohort.size);
    let n = 0;
    for (let i = 0; i < cohort.size; i++) {
      const value = quantity.of(cohort, i);
      if (value === null) continue;
      values[n] = value;
      owner[n++] = i;
    }
    return sortSample(values.subarray(0, n), owner.subarray(0, n), cohort.size);
  });
}

function mean({ values }: SortedSample): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
