import type { Cohort } from '../cohort/types.js';
import { random as randomStream } from '../engine/random.js';
import { patientResamples } from '../stats/bootstrap.js';
import { weightedTotals } from '../stats/weightedTotals.js';
import { CohortCache } from './cohortCache.js';
import { RecentCache } from './recentCache.js';
import { resampledStays } from './resampledStays.js';
import { resampleUnits, type ResampleUnits } from './resampleUnits.js';

/** Sums over stays from which a vector of statistics (correlations, rates, …) follows. */
export interface AdditiveSums {
  /** Sums of all stays. */
  readonly totals: Float64Array;
  /** [stays · width] contributions of single stays; only resampling reads them, float32 is enough for its spread. */
  readonly perStay: Float32Array;
  /** When given, `perStay` is [units · width]: contributions of these instead of single stays. */
  readonly units?: ResampleUnits;
}

/** A vector statistic that depends on a cohort only through sums over its stays. */
export interface AdditiveStatistic {
  /** Names it in the cache; unique. */
  readonly name: string;
  sums(cohort: Cohort): AdditiveSums;
  /**
   * The sums of all stays alone where that is faster, equal to `sums` up to rounding. The value comes from these with and
   * without resamples, so that a score and a bound of equal cohorts are the same to the last digit.
   */
  totals?(cohort: Cohort): Promise<Float64Array>;
  /** The statistics; NaN marks the undefined ones inside the computation. */
  derive(totals: Float64Array, cohort: Cohort): Float64Array;
}

/** A statistic of the whole cohort and of every bootstrap resample of its patients. */
export interface Replicates {
  readonly point: Float64Array;
  readonly resampled: readonly Float64Array[];
}

const sumsCache = new RecentCache<AdditiveSums>(({ perStay }) => perStay.byteLength);
const replicatesCache = new CohortCache<Promise<Replicates>>();

/** Computed once per cohort, seed and number of resamples: a real cohort's replicates serve every generator. */
export function replicates(
  cohort: Cohort,
  statistic: AdditiveStatistic,
  resamples: number,
  seed: number,
): Promise<Replicates> {
  return replicatesCache.get(cohort, `${statistic.name} ${resamples} ${seed}`, async () => {
    const alone = await statistic.totals?.(cohort);
    if (resamples === 0 && alone !== undefined)
      return { point: statistic.derive(alone, cohort), resampled: [] };
    const { totals, perStay, units } = sumsCache.get(cohort, statistic.name, () => statistic.sums(cohort));
    const draws =
      units === undefined
        ? resampledStays(cohort, resamples, seed)
        : patientResamples(units.count, resamples, randomStream(seed, 'patient-bootstrap'));
    const resampled = await weightedTotals(perStay, totals.length, draws);
    return {
      point: statistic.derive(alone ?? totals, cohort),
      resampled: resampled.map((sums) => statistic.derive(sums, cohort)),
    };
  });
}

/**
 * Sums of what `addStay` writes for every stay into a vector of `width` zeros. Memory does not grow with the number of
 * stays beyond 1,024 patients (`resampleUnits`), so this is the form for wide statistics.
 */
export function sumsOfStays(
  cohort: Cohort,
  width: number,
  addStay: (stay: number, into: Float64Array) => void,
): AdditiveSums {
  const units = resampleUnits(cohort);
  const perStay = new Float32Array(units.count * width);
  const totals = new Float64Array(width);
  const own = new Float64Array(width);
  for (let i = 0; i < cohort.size; i++) {
    own.fill(0);
    addStay(i, own);
    const from = units.ofStay[i]! * width;
    for (let j = 0; j < width; j++) {
      const value = own[j]!;
      if (value === 0) continue;
      totals[j]! += value;
      perStay[from + j]! += value;
    }
  }
  return { totals, perStay, units };
}

/**
 * As `sumsOfStays`, but `addStay` must add to what it finds in the vector, which holds all stays of one unit: a wide
 * statistic is written out once a unit.
 */
export function sumsOfUnits(
  cohort: Cohort,
  width: number,
  addStay: (stay: number, into: Float64Array) => void,
): AdditiveSums {
  const units = resampleUnits(cohort);
  const perStay = new Float32Array(units.count * width);
  const totals = new Float64Array(width);
  const own = new Float64Array(width);
  staysByUnit(units).forEach((stays, unit) => {
    own.fill(0);
    for (const stay of stays) addStay(stay, own);
    perStay.set(own, unit * width);
    for (let j = 0; j < width; j++) totals[j]! += own[j]!;
  });
  return { totals, perStay, units };
}

function staysByUnit({ count, ofStay }: ResampleUnits): readonly (readonly number[])[] {
  const stays = Array.from({ length: count }, (): number[] => []);
  ofStay.forEach((unit, stay) => stays[unit]!.push(stay));
  return stays;
}
