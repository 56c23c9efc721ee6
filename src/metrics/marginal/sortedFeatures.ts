import type { Cohort } from '../../cohort/types.js';
import {
  mergeSamples,
  sampleBytes,
  sortSample,
  twoSampleDistances,
  twoSampleReplicates,
  type SortedSample,
  type TwoSampleDistances,
} from '../../stats/twoSample.js';
import { Scratch } from '../../stats/scratch.js';
import { cacheName, CohortCache } from '../cohortCache.js';
import { RecentCache } from '../recentCache.js';
import { resampledStays } from '../resampledStays.js';

const sortedCache = new RecentCache<SortedSample>(sampleBytes);
const passing = { kept: new Scratch(Float32Array), owner: new Scratch(Uint32Array) };
const distancesCache = new CohortCache<FeatureDistances>();

/** Observed values of one feature over all steps, sorted once per cohort. */
export function sortedFeature(cohort: Cohort, feature: number): SortedSample {
  return sortedCache.get(cohort, String(feature), () => {
    const { values, observed, size, schema } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    const kept = passing.kept.take(size * steps);
    const owner = passing.owner.take(size * steps);
    let n = 0;
    for (let i = 0; i < size; i++) {
      for (let t = 0; t < steps; t++) {
        const cell = (i * steps + t) * features + feature;
        // What is observed cannot be predicted: it is collected without a branch.
        kept[n] = values[cell]!;
        owner[n] = i;
        n += observed[cell]!;
      }
    }
    return sortSample(kept.subarray(0, n), owner.subarray(0, n), size);
  });
}

/** Two-sample distances of every feature, for the cohorts as they are and for bootstrap resamples of their patients. */
export interface FeatureDistances {
  /** [feature]; null where a side has no observed value. */
  readonly point: readonly (TwoSampleDistances | null)[];
  /** [resample][feature] */
  readonly resampled: readonly (readonly (TwoSampleDistances | null)[])[];
}

/** KS and W1 share one pass over the merged values, so that asking for the second is free. */
export function featureDistances(
  synthetic: Cohort,
  real: Cohort,
  features: readonly number[],
  resamples: number,
  seeds: readonly [number, number],
): FeatureDistances {
  const key = `${cacheName(real)} ${features.join()} ${resamples} ${seeds.join()}`;
  return distancesCache.get(synthetic, key, () => {
    const ofSynthetic = resampledStays(synthetic, resamples, seeds[0]);
    const ofReal = resampledStays(real, resamples, seeds[1]);
    const onceSynthetic = new Uint16Array(synthetic.size).fill(1);
    const onceReal = new Uint16Array(real.size).fill(1);
    const point: (TwoSampleDistances | null)[] = [];
    const resampled = ofSynthetic.map((): (TwoSampleDistances | null)[] => []);
    for (const feature of features) {
      const merged = mergeSamples(sortedFeature(synthetic, feature), sortedFeature(real, feature));
      point.push(twoSampleDistances(merged, onceSynthetic, onceReal));
      twoSampleReplicates(merged, ofSynthetic, ofReal).forEach((distances, b) =>
        resampled[b]!.push(distances),
      );
    }
    return { point, resampled };
  });
}
