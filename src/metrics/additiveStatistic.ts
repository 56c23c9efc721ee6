import type { Cohort } from '../cohort/types.js';
import { random as randomStream } from '../engine/random.js';
import { patientResamples } from '../stats/bootstrap.js';
import { LentScratch } from '../stats/scratch.js';
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
export type AdditiveStatistic = NarrowStatistic | WideStatistic;

interface StatisticOfSums {
  /** Names it in the cache; unique. */
  readonly name: string;
  /**
   * The sums of all stays alone where that is faster, equal to `sums` up to rounding. The value comes from these with and
   * without resamples, so that a score and a bound of equal cohorts are the same to the last digit.
   */
  totals?(cohort: Cohort): Promise<Float64Array>;
  /** The statistics; NaN marks the undefined ones inside the computation. */
  derive(totals: Float64Array, cohort: Cohort): Float64Array;
}

/** Its sums are few, so that those of all stays are kept for a while. */
export interface NarrowStatistic extends StatisticOfSums {
  sums(cohort: Cohort): AdditiveSums;
}

/** Its sums are so many that those of single stays stand in passing memory while they are resampled. */
export interface WideStatistic extends StatisticOfSums {
  staySums(cohort: Cohort): StaySums;
}

/** What single stays add to the sums. */
export interface StaySums {
  readonly width: number;
  /** Adds the sums of a stay to those in `into`, [width]. */
  add(stay: number, into: Float64Array): void;
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
    const { totals, resampled } =
      'sums' in statistic
        ? await narrowSums(cohort, statistic, resamples, seed)
        : await wideSums(cohort, statistic, resamples, seed);
    return {
      point: statistic.derive(alone ?? totals, cohort),
      resampled: resampled.map((sums) => statistic.derive(sums, cohort)),
    };
  });
}

/** Sums of all stays, and of every resample. */
interface ResampledSums {
  readonly totals: Float64Array;
  readonly resampled: readonly Float64Array[];
}

async function narrowSums(
  cohort: Cohort,
  statistic: NarrowStatistic,
  resamples: number,
  seed: number,
): Promise<ResampledSums> {
  const { totals, perStay, units } = sumsCache.get(cohort, statistic.name, () => statistic.sums(cohort));
  const draws =
    units === undefined ? resampledStays(cohort, resamples, seed) : unitResamples(units, resamples, seed);
  return { totals, resampled: await weightedTotals(perStay, totals.length, draws) };
}

const unitResamples = ({ count }: ResampleUnits, resamples: number, seed: number): Uint16Array[] =>
  patientResamples(count, resamples, randomStream(seed, 'patient-bootstrap'));

const passing = new LentScratch(Float32Array);

function wideSums(
  cohort: Cohort,
  statistic: WideStatistic,
  resamples: number,
  seed: number,
): Promise<ResampledSums> {
  const sums = statistic.staySums(cohort);
  const units = resampleUnits(cohort);
  return passing.lend(units.count * sums.width, async (perUnit) => {
    const totals = unitTotals(units, sums, (unit, own) => perUnit.set(own, unit * sums.width));
    const draws = unitResamples(units, resamples, seed);
    return { totals, resampled: await weightedTotals(perUnit, sums.width, draws) };
  });
}

/** The sums of all stays of a wide statistic, without those of single ones. */
export function totalsOf(cohort: Cohort, statistic: WideStatistic): Float64Array {
  return unitTotals(resampleUnits(cohort), statistic.staySums(cohort));
}

/** Sums of all stays, unit by unit; `tell` gets the sums of each unit, in an array that is overwritten. */
function unitTotals(
  units: ResampleUnits,
  sums: StaySums,
  tell?: (unit: number, own: Float64Array) => void,
): Float64Array {
  const { width } = sums;
  const totals = new Float64Array(width);
  const own = new Float64Array(width);
  staysByUnit(units).forEach((stays, unit) => {
    own.fill(0);
    for (const stay of stays) sums.add(stay, own);
    tell?.(unit, own);
    for (let j = 0; j < width; j++) totals[j]! += own[j]!;
  });
  return totals;
}

/**
 * Sums of what `addStay` writes for every stay into a vector of `width` zeros. Memory does not grow with the number of
 * stays beyond 1,024 patients (`resampleUnits`).
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

function staysByUnit({ count, ofStay }: ResampleUnits): readonly (readonly number[])[] {
  const stays = Array.from({ length: count }, (): number[] => []);
  ofStay.forEach((unit, stay) => stays[unit]!.push(stay));
  return stays;
}
