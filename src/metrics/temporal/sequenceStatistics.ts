import type { Cohort } from '../../cohort/types.js';
import { sortSample, type SortedSample } from '../../stats/twoSample.js';
import { CohortCache } from '../cohortCache.js';

/** Statistics of the observed values of one feature within a stay. */
export const FEATURE_STATISTICS = ['mean', 'median', 'sd', 'min', 'max', 'slope'] as const;
export type FeatureStatistic = (typeof FEATURE_STATISTICS)[number];

const cache = new CohortCache<ReadonlyMap<FeatureStatistic, SortedSample>>();

/**
 * One number a stay for every statistic of a feature, sorted once per cohort, in float32: mean, median (mean of the middle
 * two), standard deviation (n − 1), smallest, largest, least-squares slope per hour of true time. A stay without the one
 * value they need, or the two of standard deviation and slope, has none.
 */
export function sequenceStatistics(
  cohort: Cohort,
  feature: number,
): ReadonlyMap<FeatureStatistic, SortedSample> {
  return cache.get(cohort, String(feature), () => {
    const { size, schema } = cohort;
    const found = FEATURE_STATISTICS.map(() => ({
      values: new Float32Array(size),
      owner: new Uint32Array(size),
      count: 0,
    }));
    const [values, times] = [new Float64Array(schema.steps), new Float64Array(schema.steps)];
    const own = new Float64Array(FEATURE_STATISTICS.length);
    for (let i = 0; i < size; i++) {
      const n = observedCourse(cohort, i, feature, values, times);
      statisticsOf(values.subarray(0, n), times, own);
      found.forEach((sample, s) => {
        if (Number.isNaN(own[s]!)) return;
        sample.values[sample.count] = own[s]!;
        sample.owner[sample.count++] = i;
      });
    }
    return new Map(
      FEATURE_STATISTICS.map((name, s) => {
        const { values: kept, owner, count } = found[s]!;
        return [name, sortSample(kept.subarray(0, count), owner.subarray(0, count), size)];
      }),
    );
  });
}

const lengths = new CohortCache<SortedSample>();

/** Number of steps of every stay. */
export function lengthsOfStays(cohort: Cohort): SortedSample {
  return lengths.get(cohort, 'length', () =>
    sortSample(cohort.length, Uint32Array.from(cohort.length.keys()), cohort.size),
  );
}

/** Writes the observed values of a feature in a stay and the hours of their steps; returns how many they are. */
function observedCourse(
  { values, observed, schema }: Cohort,
  stay: number,
  feature: number,
  intoValues: Float64Array,
  intoTimes: Float64Array,
): number {
  let n = 0;
  for (let t = 0; t < schema.steps; t++) {
    const cell = (stay * schema.steps + t) * schema.features.length + feature;
    if (observed[cell] === 0) continue;
    intoValues[n] = values[cell]!;
    intoTimes[n++] = t * schema.stepHours;
  }
  return n;
}

/** In the order of `FEATURE_STATISTICS`, NaN = undefined; leaves the values sorted. */
function statisticsOf(values: Float64Array, times: Float64Array, into: Float64Array): void {
  into.fill(Number.NaN);
  const n = values.length;
  if (n === 0) return;
  let mean = 0;
  let meanTime = 0;
  for (let k = 0; k < n; k++) {
    mean += values[k]! / n;
    meanTime += times[k]! / n;
  }
  let squares = 0;
  let squaresOfTime = 0;
  let products = 0;
  for (let k = 0; k < n; k++) {
    const [value, time] = [values[k]! - mean, times[k]! - meanTime];
    squares += value * value;
    squaresOfTime += time * time;
    products += time * value;
  }
  values.sort();
  const constant = values[0] === values[n - 1];
  into[0] = constant ? values[0]! : mean;
  into[1] = (values[(n - 1) >> 1]! + values[n >> 1]!) / 2;
  into[3] = values[0]!;
  into[4] = values[n - 1]!;
  if (n < 2) return;
  // Exact zeros for constant courses: rounding would tell them apart from one another.
  into[2] = constant ? 0 : Math.sqrt(squares / (n - 1));
  into[5] = constant ? 0 : products / squaresOfTime;
}
