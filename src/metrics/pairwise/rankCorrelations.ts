import type { Cohort } from '../../cohort/types.js';
import { sortSample } from '../../stats/twoSample.js';
import type { AdditiveStatistic } from '../additiveStatistic.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import { PAIR_SUMS } from '../stayPairSums.js';
import { pairIndex, pearsonOfSums } from './correlations.js';

/**
 * Spearman correlation (mid-ranks) of every pair (f < g, row by row) of numeric features over the steps of all stays at
 * which both are observed, ranked among those steps; undefined as Pearson's. Resamples keep the ranks of the whole
 * cohort, so that the statistic stays a function of sums.
 */
export function rankCorrelations(minJoint: number): AdditiveStatistic {
  return {
    name: `rank-correlations-${minJoint}`,
    sums(cohort) {
      const { size, schema } = cohort;
      const { index } = featuresWhere(cohort, isNumeric);
      const width = ((index.length * (index.length - 1)) / 2) * PAIR_SUMS;
      const perStay = new Float32Array(size * width);
      const totals = new Float64Array(width);
      const courses = index.map((f) => sortedCells(cohort, f));
      const ranks = [new Float64Array(size * schema.steps), new Float64Array(size * schema.steps)] as const;
      for (let a = 0; a < index.length; a++) {
        for (let b = a + 1; b < index.length; b++) {
          const at = pairIndex(a, b, index.length) * PAIR_SUMS;
          const joint = rankAmong(courses[a]!, courses[b]!, ranks[0]);
          rankAmong(courses[b]!, courses[a]!, ranks[1]);
          const { isObserved } = courses[b]!;
          for (const cell of courses[a]!.inOrder) {
            if (isObserved[cell] === 0) continue;
            // Ranks from −½ to ½ about their mean: sums lose no digits.
            const x = ranks[0][cell]! / joint;
            const y = ranks[1][cell]! / joint;
            const to = Math.floor(cell / schema.steps) * width + at;
            add(totals, at, x, y);
            add(perStay, to, x, y);
          }
        }
      }
      return { totals, perStay };
    },
    derive: (totals) => pearsonOfSums(totals, minJoint),
  };
}

/** Observed cells (stay · steps + step) of one feature in ascending order of their values. */
interface Course {
  readonly values: Float32Array;
  readonly cells: Uint32Array;
  /** The same cells by number, so that sums are made stay by stay. */
  readonly inOrder: Uint32Array;
  readonly isObserved: Uint8Array;
}

function sortedCells({ values, observed, size, schema }: Cohort, feature: number): Course {
  const cells = size * schema.steps;
  const features = schema.features.length;
  const kept = new Float32Array(cells);
  const owner = new Uint32Array(cells);
  const isObserved = new Uint8Array(cells);
  let n = 0;
  for (let cell = 0; cell < cells; cell++) {
    if (observed[cell * features + feature] === 0) continue;
    isObserved[cell] = 1;
    kept[n] = values[cell * features + feature]!;
    owner[n++] = cell;
  }
  const sorted = sortSample(kept.subarray(0, n), owner.subarray(0, n), cells);
  return { values: sorted.values, cells: sorted.owner, inOrder: owner.slice(0, n), isObserved };
}

/**
 * Writes the mid-rank of every cell of `course` that `other` has too, about the mean rank; returns how many there are.
 */
function rankAmong(course: Course, other: Course, ranks: Float64Array): number {
  const { values, cells } = course;
  const { isObserved } = other;
  let joint = 0;
  for (let from = 0; from < cells.length;) {
    let to = from;
    let tied = 0;
    while (to < cells.length && values[to] === values[from]) tied += isObserved[cells[to++]!]!;
    const rank = joint + (tied + 1) / 2;
    for (let k = from; k < to; k++) if (isObserved[cells[k]!] === 1) ranks[cells[k]!] = rank;
    joint += tied;
    from = to;
  }
  for (const cell of cells) if (isObserved[cell] === 1) ranks[cell]! -= (joint + 1) / 2;
  return joint;
}

function add(sums: Float64Array | Float32Array, at: number, x: number, y: number): void {
  sums[at]! += 1;
  sums[at + 1]! += x;
  sums[at + 2]! += y;
  sums[at + 3]! += x * x;
  sums[at + 4]! += y * y;
  sums[at + 5]! += x * y;
}
