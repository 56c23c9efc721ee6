import { ascendingOrder } from './radixSort.js';
import { Scratch } from './scratch.js';

/**
 * Values of one variable in ascending order, each with the patient it belongs to. Sorted once; every two-sample
 * statistic and every bootstrap weighting then takes one pass.
 */
export interface SortedSample {
  /** Ascending. */
  readonly values: Float32Array;
  /** Patient number of each value. */
  readonly owner: Uint32Array;
  /** Values per patient. */
  readonly counts: Uint32Array;
}

/** Memory of a sample. */
export const sampleBytes = ({ values, owner, counts }: SortedSample): number =>
  values.byteLength + owner.byteLength + counts.byteLength;

/** Sorts values with their owners (patient numbers 0…patients−1). */
export function sortSample(
  values: ArrayLike<number>,
  owner: ArrayLike<number>,
  patients: number,
): SortedSample {
  const counts = new Uint32Array(patients);
  for (let i = 0; i < owner.length; i++) counts[owner[i]!]!++;
  const numbers = values instanceof Float32Array ? values : Float32Array.from(values);
  const order = ascendingOrder(numbers);
  const sorted = new Float32Array(values.length);
  const sortedOwner = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    sorted[i] = numbers[order[i]!]!;
    sortedOwner[i] = owner[order[i]!]!;
  }
  return { values: sorted, owner: sortedOwner, counts };
}

/** Two sorted samples merged into one ascending sequence. */
export interface MergedSamples {
  /** Patient number; those of the second sample follow those of the first. */
  readonly owner: Uint32Array;
  /** Distance to the next larger value at the last place of each group of ties, else 0. */
  readonly gap: Float64Array;
  readonly first: SortedSample;
  readonly second: SortedSample;
}

const passing = {
  merged: new Scratch(Float32Array),
  owner: new Scratch(Uint32Array),
  gap: new Scratch(Float64Array),
  mass: new Scratch(Float64Array),
};

/** Merges two samples, for those who read them at once: the next merge in this thread overwrites `owner` and `gap`. */
export function mergeSamples(first: SortedSample, second: SortedSample): MergedSamples {
  const [m, n] = [first.values.length, second.values.length];
  const merged = passing.merged.take(m + n);
  const owner = passing.owner.take(m + n);
  const gap = passing.gap.take(m + n);
  const offset = first.counts.length;
  for (let k = 0, i = 0, j = 0; k < m + n; k++) {
    if (j >= n || (i < m && first.values[i]! <= second.values[j]!)) {
      merged[k] = first.values[i]!;
      owner[k] = first.owner[i++]!;
    } else {
      merged[k] = second.values[j]!;
      owner[k] = offset + second.owner[j++]!;
    }
  }
  for (let k = 0; k < m + n; k++) gap[k] = k + 1 < m + n ? merged[k + 1]! - merged[k]! : 0;
  return { owner, gap, first, second };
}

export interface TwoSampleDistances {
  /** Kolmogorov–Smirnov statistic sup|F − G|, in [0, 1]. */
  readonly ks: number;
  /** Wasserstein-1 distance ∫|F − G|, in the unit of the values. */
  readonly wasserstein: number;
}

/**
 * KS and W1 when every value counts as often as its patient (`weights` of the first and the second sample's patients).
 * The distribution functions are compared after whole groups of ties. Null when a sample has no weight.
 */
export function twoSampleDistances(
  merged: MergedSamples,
  weightsOfFirst: ArrayLike<number>,
  weightsOfSecond: ArrayLike<number>,
): TwoSampleDistances | null {
  const totalFirst = weightedCount(merged.first.counts, weightsOfFirst);
  const totalSecond = weightedCount(merged.second.counts, weightsOfSecond);
  if (totalFirst === 0 || totalSecond === 0) return null;
  const offset = weightsOfFirst.length;
  const mass = new Float64Array(offset + weightsOfSecond.length);
  for (let i = 0; i < offset; i++) mass[i] = weightsOfFirst[i]! / totalFirst;
  for (let j = 0; j < weightsOfSecond.length; j++) mass[offset + j] = -weightsOfSecond[j]! / totalSecond;
  const { owner, gap } = merged;
  let difference = 0;
  let ks = 0;
  let wasserstein = 0;
  for (let k = 0; k < owner.length; k++) {
    difference += mass[owner[k]!]!;
    const step = gap[k]!;
    if (step !== 0) {
      const distance = Math.abs(difference);
      if (distance > ks) ks = distance;
      wasserstein += distance * step;
    }
  }
  return { ks: Math.min(1, ks), wasserstein };
}

/** Resamples that one pass over the merged values serves. */
const LANES = 4;

/**
 * `twoSampleDistances` for every pair of weightings, four of them in one pass: the values are read once and the four
 * distribution functions do not wait for each other.
 *
 * @param weightsOfFirst, weightsOfSecond equally many weightings
 */
export function twoSampleReplicates(
  merged: MergedSamples,
  weightsOfFirst: readonly ArrayLike<number>[],
  weightsOfSecond: readonly ArrayLike<number>[],
): (TwoSampleDistances | null)[] {
  const [m, n] = [merged.first.counts.length, merged.second.counts.length];
  const mass = passing.mass.take(LANES * (m + n));
  const [ks, wasserstein] = [new Float64Array(LANES), new Float64Array(LANES)];
  const results: (TwoSampleDistances | null)[] = [];
  for (let from = 0; from < weightsOfFirst.length; from += LANES) {
    mass.fill(0);
    const lanes = Math.min(LANES, weightsOfFirst.length - from);
    const hasWeight = Array.from({ length: lanes }, (_, lane) => {
      const [first, second] = [weightsOfFirst[from + lane]!, weightsOfSecond[from + lane]!];
      const totalFirst = weightedCount(merged.first.counts, first);
      const totalSecond = weightedCount(merged.second.counts, second);
      if (totalFirst === 0 || totalSecond === 0) return false;
      for (let i = 0; i < m; i++) mass[LANES * i + lane] = first[i]! / totalFirst;
      for (let j = 0; j < n; j++) mass[LANES * (m + j) + lane] = -second[j]! / totalSecond;
      return true;
    });
    fourDistances(merged.owner, merged.gap, mass, ks, wasserstein);
    hasWeight.forEach((has, lane) =>
      results.push(has ? { ks: Math.min(1, ks[lane]!), wasserstein: wasserstein[lane]! } : null),
    );
  }
  return results;
}

/** One pass for four weightings; `mass` is [owners · LANES], the distances go to `ks` and `wasserstein`. */
function fourDistances(
  owner: Uint32Array,
  gap: Float64Array,
  mass: Float64Array,
  ks: Float64Array,
  wasserstein: Float64Array,
): void {
  let f0 = 0;
  let f1 = 0;
  let f2 = 0;
  let f3 = 0;
  let ks0 = 0;
  let ks1 = 0;
  let ks2 = 0;
  let ks3 = 0;
  let w0 = 0;
  let w1 = 0;
  let w2 = 0;
  let w3 = 0;
  for (let k = 0; k < owner.length; k++) {
    const at = owner[k]! << 2;
    f0 += mass[at]!;
    f1 += mass[at + 1]!;
    f2 += mass[at + 2]!;
    f3 += mass[at + 3]!;
    const step = gap[k]!;
    if (step !== 0) {
      const d0 = Math.abs(f0);
      const d1 = Math.abs(f1);
      const d2 = Math.abs(f2);
      const d3 = Math.abs(f3);
      ks0 = d0 > ks0 ? d0 : ks0;
      ks1 = d1 > ks1 ? d1 : ks1;
      ks2 = d2 > ks2 ? d2 : ks2;
      ks3 = d3 > ks3 ? d3 : ks3;
      w0 += d0 * step;
      w1 += d1 * step;
      w2 += d2 * step;
      w3 += d3 * step;
    }
  }
  [ks[0], ks[1], ks[2], ks[3]] = [ks0, ks1, ks2, ks3];
  [wasserstein[0], wasserstein[1], wasserstein[2], wasserstein[3]] = [w0, w1, w2, w3];
}

function weightedCount(counts: Uint32Array, weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]! * weights[i]!;
  return total;
}
