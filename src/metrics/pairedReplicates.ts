import type { Cohort } from '../cohort/types.js';
import type { Replicates } from './additiveStatistic.js';
import { cacheName, CohortCache } from './cohortCache.js';
import { RecentCache } from './recentCache.js';
import { resampledStays } from './resampledStays.js';
import { alignCounts, columnTotals, countsBytes, type SparseCounts } from './sparseCounts.js';

/** Seeds of the resamples of the synthetic and the real cohort. */
export type SeedPair = readonly [number, number];

/**
 * A vector of numbers that compare column totals (NaN = undefined). The arrays and `columns` (ascending) have one length;
 * they are reused between calls.
 */
export type CompareTotals = (
  synthetic: Float64Array,
  real: Float64Array,
  columns: Float64Array,
) => Float64Array;

/** What a cohort adds to which columns; `name` is unique among everything counted. */
export interface Counting {
  readonly name: string;
  counts(cohort: Cohort): SparseCounts;
}

const countsCache = new RecentCache<SparseCounts>(countsBytes);
const replicatesCache = new CohortCache<Replicates>();

/** The counts of a cohort, made once. */
export function countsOf(cohort: Cohort, counting: Counting): SparseCounts {
  return countsCache.get(cohort, counting.name, () => counting.counts(cohort));
}

/**
 * A comparison that depends on two cohorts through sums over their stays, kept for as long as the synthetic cohort, so
 * that metrics which read different numbers off one comparison share the work.
 *
 * @param name names the comparison; unique together with the counting
 */
export function pairedReplicates(
  synthetic: Cohort,
  real: Cohort,
  counting: Counting,
  name: string,
  compare: CompareTotals,
  resamples: number,
  seeds: SeedPair,
): Replicates {
  const key = `${name} ${counting.name} ${cacheName(real)} ${resamples} ${seeds.join()}`;
  return replicatesCache.get(synthetic, key, () => {
    const { columns, first, second } = alignCounts(countsOf(synthetic, counting), countsOf(real, counting));
    const [ofSynthetic, ofReal] = [new Float64Array(columns.length), new Float64Array(columns.length)];
    const compared = (synthetics: Uint16Array | null, reals: Uint16Array | null): Float64Array =>
      compare(columnTotals(first, synthetics, ofSynthetic), columnTotals(second, reals, ofReal), columns);
    const draws = resampledStays(real, resamples, seeds[1]);
    return {
      point: compared(null, null),
      resampled: resampledStays(synthetic, resamples, seeds[0]).map((drawn, b) => compared(drawn, draws[b]!)),
    };
  });
}
