import type { Cohort } from '../cohort/types.js';
import { CohortCache } from './cohortCache.js';
import { resampledStays } from './resampledStays.js';

/** Sums over stays from which a vector of statistics (correlations, rates, …) follows. */
export interface AdditiveSums {
  /** Sums of all stays. */
  readonly totals: Float64Array;
  /** [stays · width] contributions of single stays; only resampling reads them, float32 is enough for its spread. */
  readonly perStay: Float32Array;
}

/** A vector statistic that depends on a cohort only through sums over its stays. */
export interface AdditiveStatistic {
  /** Names it in the cache; unique. */
  readonly name: string;
  sums(cohort: Cohort): AdditiveSums;
  /** The statistics; NaN marks the undefined ones inside the computation. */
  derive(totals: Float64Array, cohort: Cohort): Float64Array;
}

/** A statistic of the whole cohort and of every bootstrap resample of its patients. */
export interface Replicates {
  readonly point: Float64Array;
  readonly resampled: readonly Float64Array[];
}

const sumsCache = new CohortCache<AdditiveSums>();
const replicatesCache = new CohortCache<Replicates>();

/** Computed once per cohort, seed and number of resamples: a real cohort's replicates serve every generator. */
export function replicates(
  cohort: Cohort,
  statistic: AdditiveStatistic,
  resamples: number,
  seed: number,
): Replicates {
  return replicatesCache.get(cohort, `${statistic.name} ${resamples} ${seed}`, () => {
    const { totals, perStay } = sumsCache.get(cohort, statistic.name, () => statistic.sums(cohort));
    const draws = resampledStays(cohort, resamples, seed);
    return {
      point: statistic.derive(totals, cohort),
      resampled: draws.map((draw) => statistic.derive(weightedTotals(perStay, totals.length, draw), cohort)),
    };
  });
}

/** Sums with every stay counted as often as it was drawn; four stays a pass, which spares most of the memory traffic. */
function weightedTotals(perStay: Float32Array, width: number, multiplicity: Uint16Array): Float64Array {
  const totals = new Float64Array(width);
  const drawn = Uint32Array.from([...multiplicity.keys()].filter((i) => multiplicity[i]! > 0));
  let k = 0;
  for (; k + 3 < drawn.length; k += 4) {
    const [a, b, c, d] = [drawn[k]!, drawn[k + 1]!, drawn[k + 2]!, drawn[k + 3]!];
    const [timesA, timesB, timesC, timesD] = [
      multiplicity[a]!,
      multiplicity[b]!,
      multiplicity[c]!,
      multiplicity[d]!,
    ];
    const [fromA, fromB, fromC, fromD] = [a * width, b * width, c * width, d * width];
    for (let j = 0; j < width; j++)
      totals[j]! +=
        timesA * perStay[fromA + j]! +
        timesB * perStay[fromB + j]! +
        timesC * perStay[fromC + j]! +
        timesD * perStay[fromD + j]!;
  }
  for (; k < drawn.length; k++) {
    const from = drawn[k]! * width;
    const times = multiplicity[drawn[k]!]!;
    for (let j = 0; j < width; j++) totals[j]! += times * perStay[from + j]!;
  }
  return totals;
}
