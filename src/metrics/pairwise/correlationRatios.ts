import type { Cohort } from '../../cohort/types.js';
import { featuresWhere, isNumeric } from '../comparison.js';
import type { Counting } from '../pairedReplicates.js';
import { SparseCountsBuilder, type SparseCounts } from '../sparseCounts.js';
import type { SparseStatistic } from '../sparseStatistic.js';
import { CONSTANT, standardScores } from '../standardScores.js';

/** Columns of a level of a pair: n, Σy. Those of a pair itself, behind all levels: Σy². */
const LEVEL_SUMS = 2;

/**
 * Correlation ratio η = √(between-level sum of squares / total sum of squares) of every pair (categorical, numeric), row
 * by row, over the steps at which both are observed; undefined with fewer than `minJoint` of them, one level only or a
 * constant number.
 */
export function correlationRatios(minJoint: number): SparseStatistic {
  return { name: `correlation-ratios-${minJoint}`, counting, derive: deriver(minJoint) };
}

/** How the columns of the pairs are numbered. */
interface Numbering {
  readonly categorical: readonly number[];
  readonly numeric: readonly number[];
  /** First level column of each categorical feature's first pair, and the number of its levels. */
  readonly base: readonly number[];
  readonly levels: readonly number[];
  /** First of the columns of whole pairs. */
  readonly pairs: number;
}

function numbering(cohort: Cohort): Numbering {
  const categorical = featuresWhere(cohort, (kind) => kind === 'categorical').index;
  const numeric = featuresWhere(cohort, isNumeric).index;
  const levels = categorical.map((f) => cohort.schema.features[f]!.levels?.length ?? 0);
  let pairs = 0;
  const base = levels.map((count) => {
    const from = pairs;
    pairs += count * numeric.length * LEVEL_SUMS;
    return from;
  });
  return { categorical, numeric, base, levels, pairs };
}

const counting: Counting = {
  name: 'sums by level',
  counts(cohort) {
    const { size, schema, observed, values } = cohort;
    const features = schema.features.length;
    const { categorical, numeric, base, levels, pairs } = numbering(cohort);
    const builder = new SparseCountsBuilder(pairs + categorical.length * numeric.length);
    const scores = standardScores(cohort);
    for (let i = 0; i < size; i++) {
      for (let t = 0; t < cohort.length[i]!; t++) {
        const cell = (i * schema.steps + t) * features;
        for (let a = 0; a < categorical.length; a++) {
          const x = cell + categorical[a]!;
          if (observed[x] === 0) continue;
          for (let b = 0; b < numeric.length; b++) {
            const y = cell + numeric[b]!;
            if (observed[y] === 0) continue;
            const at = base[a]! + (b * levels[a]! + values[x]!) * LEVEL_SUMS;
            builder.add(at, 1);
            builder.add(at + 1, scores[y]!);
            builder.add(pairs + a * numeric.length + b, scores[y]! * scores[y]!);
          }
        }
      }
      builder.endStay();
    }
    return builder.build();
  },
};

function deriver(minJoint: number) {
  return (cohort: Cohort, { columns }: SparseCounts): ((totals: Float64Array) => Float64Array) => {
    const { categorical, numeric, base, levels, pairs } = numbering(cohort);
    const count = categorical.length * numeric.length;
    const place = new Map(Array.from(columns, (column, k) => [column, k]));
    // Positions of n and Σy of every level that occurs, and its pair.
    const [counted, summed, pairOf]: number[][] = [[], [], []];
    const squares = new Map<number, number>();
    columns.forEach((column, k) => {
      if (column >= pairs) squares.set(column - pairs, k);
      else if (column % LEVEL_SUMS === 0) {
        const a = base.findLastIndex((from, at) => from <= column && levels[at]! > 0);
        counted!.push(k);
        summed!.push(place.get(column + 1)!);
        pairOf!.push(a * numeric.length + Math.floor((column - base[a]!) / LEVEL_SUMS / levels[a]!));
      }
    });
    return (totals) => {
      const [n, sum, within, seen] = Array.from({ length: 4 }, () => new Float64Array(count));
      for (let k = 0; k < pairOf!.length; k++) {
        const ofLevel = totals[counted![k]!]!;
        if (ofLevel === 0) continue;
        const total = totals[summed![k]!]!;
        const pair = pairOf![k]!;
        n![pair]! += ofLevel;
        sum![pair]! += total;
        within![pair]! += (total * total) / ofLevel;
        seen![pair]! += 1;
      }
      return Float64Array.from({ length: count }, (_, pair) => {
        const at = squares.get(pair);
        if (at === undefined || n![pair]! < Math.max(2, minJoint) || seen![pair]! < 2) return Number.NaN;
        const correction = (sum![pair]! * sum![pair]!) / n![pair]!;
        const all = totals[at]! - correction;
        if (all <= CONSTANT * totals[at]!) return Number.NaN;
        return Math.sqrt(Math.min(1, Math.max(0, (within![pair]! - correction) / all)));
      });
    };
  };
}
