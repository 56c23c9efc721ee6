import type { Cohort } from '../cohort/types.js';
import type { Replicates } from './additiveStatistic.js';
import { CohortCache } from './cohortCache.js';
import { countsOf, type Counting } from './pairedReplicates.js';
import { resampledStays } from './resampledStays.js';
import { columnTotals, type SparseCounts } from './sparseCounts.js';

/** A vector of statistics of one cohort that follows from sums of its stays over few of very many columns. */
export interface SparseStatistic {
  /** Names it in the cache; unique. */
  readonly name: string;
  readonly counting: Counting;
  /** Makes what gives the statistics for totals of the columns; NaN marks the undefined ones. */
  derive(cohort: Cohort, counts: SparseCounts): (totals: Float64Array) => Float64Array;
}

const cache = new CohortCache<Replicates>();

/** The statistics of the cohort and of resamples of its patients, computed once per seed and number of resamples. */
export function sparseReplicates(
  cohort: Cohort,
  statistic: SparseStatistic,
  resamples: number,
  seed: number,
): Replicates {
  return cache.get(cohort, `${statistic.name} ${resamples} ${seed}`, () => {
    const counts = countsOf(cohort, statistic.counting);
    const derive = statistic.derive(cohort, counts);
    const totals = new Float64Array(counts.columns.length);
    return {
      point: derive(columnTotals(counts, null, totals)),
      resampled: resampledStays(cohort, resamples, seed).map((drawn) =>
        derive(columnTotals(counts, drawn, totals)),
      ),
    };
  });
}
