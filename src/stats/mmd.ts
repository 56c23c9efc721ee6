import type { Random } from '../engine/random.js';
import { stackPoints } from './blockedDistances.js';
import { kernelSums, type KernelSums, type TwoSamples } from './kernelSums.js';
import { MembershipSums } from './membershipSums.js';

/** Points of one sample. */
export interface MmdSample {
  readonly rows: number;
  /** [rows · width], finite */
  readonly values: Float32Array;
  /** [rows] number of the patient, 0…patients−1; pairs of one patient are left out. */
  readonly owner: ArrayLike<number>;
  readonly patients: number;
}

export interface MmdEstimate {
  /** MMD², unbiased: 0 on average when the laws are equal, and then often negative; in [−2, 2]. */
  readonly value: number;
  /** Over patients; null with fewer than three patients on a side. */
  readonly standardError: number | null;
  /** Share of permutations of the patients with at least this value, (b + 1)/(B + 1); null without permutations. */
  readonly pValue: number | null;
}

/**
 * Squared maximum mean discrepancy (Gretton et al. 2012) as the unbiased U-statistic: mean of k within each sample over
 * pairs of different patients, minus twice the mean of k between them. Kernel: `kernelSums`.
 *
 * Standard error: jackknife over patients. A resample with replacement would pair a patient with itself, k = 1, which
 * biases the statistic. Under equal laws the statistic is degenerate and the jackknife counts its second-order variance
 * twice (Efron & Stein 1981), which makes up for the skewness of the statistic there: ± 1.96 of these errors cover the truth in
 * 92 to 97 of 100 samples of 20 to 100 rows, whether the laws are equal or not.
 *
 * @param median distance that the kernel widths refer to, > 0
 * @param permutations B of the p-value; 0 = none
 * @throws RangeError when a sample has fewer than two patients or the median is not positive
 */
export async function mmd(
  first: MmdSample,
  second: MmdSample,
  width: number,
  median: number,
  permutations: number,
  random: Random,
): Promise<MmdEstimate> {
  if (!(median > 0)) throw new RangeError(`kernel widths need a median distance above 0, not ${median}`);
  if (first.patients < 2 || second.patients < 2)
    throw new RangeError('an unbiased MMD needs two patients in each sample');
  const samples = pooled(first, second, width);
  const patients = first.patients + second.patients;
  const memberships =
    permutations === 0
      ? null
      : await MembershipSums.open(
          Array.from({ length: permutations }, () => {
            const order = random.permutation(patients);
            return Uint8Array.from(samples.owner, (patient) => (order[patient]! < first.patients ? 1 : 0));
          }),
        );
  try {
    const sums = await kernelSums(samples, median, memberships?.visit);
    const counts = new Uint32Array(patients);
    for (const patient of samples.owner) counts[patient]!++;
    const observed = Uint8Array.from(samples.owner, (_, row) => (row < samples.first ? 1 : 0));
    const within = sumOver(sums.toFirst, 0, samples.first);
    const value = statistic(sums, counts, samples.owner, observed, within);
    if (value === null) throw new RangeError('no pair of different patients within a sample');
    const reached = memberships?.members.filter((members, b) => {
      const permuted = statistic(sums, counts, samples.owner, members, memberships.withinMembers[b]!);
      return permuted !== null && permuted >= value;
    }).length;
    return {
      value,
      standardError: standardError(sums, samples, counts),
      pValue: reached === undefined ? null : (reached + 1) / (permutations + 1),
    };
  } finally {
    await memberships?.dispose();
  }
}

function pooled(first: MmdSample, second: MmdSample, width: number): TwoSamples {
  const points = stackPoints({ ...first, width }, { ...second, width });
  const owner = new Uint32Array(first.rows + second.rows);
  owner.set(first.owner, 0);
  for (let i = 0; i < second.rows; i++) owner[first.rows + i] = first.patients + second.owner[i]!;
  return { points, first: first.rows, owner };
}

/** MMD² of the rows with membership 1 against the others, from Σ k over ordered pairs within the members. */
function statistic(
  { toFirst, toSecond }: KernelSums,
  counts: Uint32Array,
  owner: Uint32Array,
  members: Uint8Array,
  withinMembers: number,
): number | null {
  let total = 0;
  let ofMembers = 0;
  let rows = 0;
  let sameMembers = 0;
  let sameOthers = 0;
  for (let row = 0; row < members.length; row++) {
    const sum = toFirst[row]! + toSecond[row]!;
    total += sum;
    if (members[row] === 1) {
      ofMembers += sum;
      rows++;
      sameMembers += counts[owner[row]!]!;
    } else sameOthers += counts[owner[row]!]!;
  }
  const others = members.length - rows;
  const between = ofMembers - withinMembers;
  const withinOthers = total - 2 * between - withinMembers;
  const [pairs, otherPairs] = [rows * rows - sameMembers, others * others - sameOthers];
  if (pairs === 0 || otherPairs === 0) return null;
  return withinMembers / pairs + withinOthers / otherPairs - (2 * between) / (rows * others);
}

/** Jackknife over the patients of both samples. */
function standardError(sums: KernelSums, { first, owner }: TwoSamples, counts: Uint32Array): number | null {
  const rows = owner.length;
  const [m, n] = [first, rows - first];
  const of = (
    toOwn: Float64Array,
    toOther: Float64Array,
    from: number,
    to: number,
    others: number,
  ): number => {
    const own = new Map<number, { within: number; between: number }>();
    for (let row = from; row < to; row++) {
      const entry = own.get(owner[row]!) ?? { within: 0, between: 0 };
      entry.within += toOwn[row]!;
      entry.between += toOther[row]!;
      own.set(owner[row]!, entry);
    }
    const size = to - from;
    const within = sumOver(toOwn, from, to);
    const between = sumOver(toOther, from, to);
    let pairs = size * size;
    for (const patient of own.keys()) pairs -= counts[patient]! ** 2;
    const left: number[] = [];
    for (const [patient, { within: w, between: b }] of own) {
      const c = counts[patient]!;
      const pairsLeft = pairs - 2 * c * (size - c);
      if (pairsLeft <= 0) return Number.NaN;
      left.push((within - 2 * w) / pairsLeft - (2 * (between - b)) / ((size - c) * others));
    }
    const mean = left.reduce((sum, value) => sum + value, 0) / left.length;
    return ((left.length - 1) / left.length) * left.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const jackknife = of(sums.toFirst, sums.toSecond, 0, m, n) + of(sums.toSecond, sums.toFirst, m, rows, m);
  if (Number.isNaN(jackknife)) return null;
  return Math.sqrt(jackknife);
}

function sumOver(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum;
}
