import type { Cohort } from '../../cohort/types.js';
import { featuresWhere } from '../comparison.js';
import type { Counting } from '../pairedReplicates.js';
import { SparseCountsBuilder, type SparseCounts } from '../sparseCounts.js';
import type { SparseStatistic } from '../sparseStatistic.js';
import { pairIndex } from './correlations.js';

/** `theils-u`: uncertainty coefficient, asymmetric, both directions; `cramers-v`: bias-corrected (Bergsma 2013). */
export type CategoryAssociation = 'theils-u' | 'cramers-v';

/**
 * Association of every pair (f < g, row by row) of categorical features over the steps at which both are observed.
 * Theil's U: two numbers a pair, U(f|g) = (H(f) − H(f|g))/H(f), then U(g|f); Cramér's V: one. Undefined with fewer than
 * `minJoint` such steps or one level only on a side.
 */
export function categoryAssociations(method: CategoryAssociation, minJoint: number): SparseStatistic {
  const measure = method === 'theils-u' ? theilsU : cramersV;
  return {
    name: `${method}-${minJoint}`,
    counting,
    derive(cohort, counts) {
      const tables = contingency(cohort, counts);
      return (totals) => measure(tables, totals, Math.max(2, minJoint));
    },
  };
}

/** Of the pairs: number, first column and number of levels of the second feature. */
function numbering(cohort: Cohort): {
  index: readonly number[];
  levels: number[];
  base: number[];
  space: number;
} {
  const { index } = featuresWhere(cohort, (kind) => kind === 'categorical');
  const levels = index.map((f) => cohort.schema.features[f]!.levels?.length ?? 0);
  const base: number[] = [];
  let space = 0;
  for (let a = 0; a < index.length; a++)
    for (let b = a + 1; b < index.length; b++) {
      base.push(space);
      space += levels[a]! * levels[b]!;
    }
  return { index, levels, base, space };
}

const counting: Counting = {
  name: 'contingency',
  counts(cohort) {
    const { size, schema, observed, values } = cohort;
    const features = schema.features.length;
    const { index, levels, base, space } = numbering(cohort);
    const builder = new SparseCountsBuilder(space);
    for (let i = 0; i < size; i++) {
      for (let t = 0; t < cohort.length[i]!; t++) {
        const cell = (i * schema.steps + t) * features;
        for (let a = 0; a < index.length; a++) {
          if (observed[cell + index[a]!] === 0) continue;
          const row = values[cell + index[a]!]!;
          for (let b = a + 1; b < index.length; b++) {
            const other = cell + index[b]!;
            if (observed[other] === 1)
              builder.add(base[pairIndex(a, b, index.length)]! + row * levels[b]! + values[other]!, 1);
          }
        }
      }
      builder.endStay();
    }
    return builder.build();
  },
};

/** The occurring cells of all contingency tables: their pair and the numbers of their row and column among all. */
interface Tables {
  readonly pairs: number;
  readonly pairOf: Uint32Array;
  readonly rowOf: Uint32Array;
  readonly columnOf: Uint32Array;
  readonly pairOfRow: Uint32Array;
  readonly pairOfColumn: Uint32Array;
}

function contingency(cohort: Cohort, { columns }: SparseCounts): Tables {
  const { index, levels, base } = numbering(cohort);
  const second = index.flatMap((_, a) => index.slice(a + 1).map((__, k) => levels[a + 1 + k]!));
  const [rows, others] = [new Map<string, number>(), new Map<string, number>()];
  const [pairOfRow, pairOfColumn]: number[][] = [[], []];
  const numberOf = (known: Map<string, number>, pairs: number[], pair: number, level: number): number => {
    const key = `${pair} ${level}`;
    const found = known.get(key) ?? pairs.push(pair) - 1;
    known.set(key, found);
    return found;
  };
  const pairOf = Uint32Array.from(columns, (column) => lastAtMost(base, column));
  const rowOf = new Uint32Array(columns.length);
  const columnOf = new Uint32Array(columns.length);
  columns.forEach((column, k) => {
    const pair = pairOf[k]!;
    const within = column - base[pair]!;
    rowOf[k] = numberOf(rows, pairOfRow!, pair, Math.floor(within / second[pair]!));
    columnOf[k] = numberOf(others, pairOfColumn!, pair, within % second[pair]!);
  });
  return {
    pairs: base.length,
    pairOf,
    rowOf,
    columnOf,
    pairOfRow: Uint32Array.from(pairOfRow!),
    pairOfColumn: Uint32Array.from(pairOfColumn!),
  };
}

function lastAtMost(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Totals of the rows and columns of every table, and how many of them occur. */
interface Margins {
  readonly n: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly rowsSeen: Uint32Array;
  readonly columnsSeen: Uint32Array;
}

function margins(tables: Tables, totals: Float64Array): Margins {
  const { pairs, pairOf, rowOf, columnOf, pairOfRow, pairOfColumn } = tables;
  const found = {
    n: new Float64Array(pairs),
    rows: new Float64Array(pairOfRow.length),
    columns: new Float64Array(pairOfColumn.length),
    rowsSeen: new Uint32Array(pairs),
    columnsSeen: new Uint32Array(pairs),
  };
  for (let k = 0; k < totals.length; k++) {
    found.n[pairOf[k]!]! += totals[k]!;
    found.rows[rowOf[k]!]! += totals[k]!;
    found.columns[columnOf[k]!]! += totals[k]!;
  }
  found.rows.forEach((count, row) => (found.rowsSeen[pairOfRow[row]!]! += count > 0 ? 1 : 0));
  found.columns.forEach((count, column) => (found.columnsSeen[pairOfColumn[column]!]! += count > 0 ? 1 : 0));
  return found;
}

function theilsU(tables: Tables, totals: Float64Array, minJoint: number): Float64Array {
  const { n, rows, columns, rowsSeen, columnsSeen } = margins(tables, totals);
  const [ofRows, ofColumns, ofCells] = [
    entropies(rows, tables.pairOfRow, n),
    entropies(columns, tables.pairOfColumn, n),
    entropies(totals, tables.pairOf, n),
  ];
  const result = new Float64Array(tables.pairs * 2).fill(Number.NaN);
  for (let pair = 0; pair < tables.pairs; pair++) {
    if (n[pair]! < minJoint || rowsSeen[pair]! < 2 || columnsSeen[pair]! < 2) continue;
    const shared = ofRows[pair]! + ofColumns[pair]! - ofCells[pair]!;
    result[pair * 2] = Math.min(1, Math.max(0, shared / ofRows[pair]!));
    result[pair * 2 + 1] = Math.min(1, Math.max(0, shared / ofColumns[pair]!));
  }
  return result;
}

/** Entropy (nats) of the counts of every pair. */
function entropies(counts: Float64Array, pairOf: Uint32Array, n: Float64Array): Float64Array {
  const result = new Float64Array(n.length);
  for (let k = 0; k < counts.length; k++) {
    const p = counts[k]! / n[pairOf[k]!]!;
    if (p > 0) result[pairOf[k]!]! -= p * Math.log(p);
  }
  return result;
}

function cramersV(tables: Tables, totals: Float64Array, minJoint: number): Float64Array {
  const { n, rows, columns, rowsSeen, columnsSeen } = margins(tables, totals);
  const explained = new Float64Array(tables.pairs);
  for (let k = 0; k < totals.length; k++)
    if (totals[k]! > 0)
      explained[tables.pairOf[k]!]! +=
        (totals[k]! * totals[k]!) / (rows[tables.rowOf[k]!]! * columns[tables.columnOf[k]!]!);
  return explained.map((share, pair) => {
    const [r, c, size] = [rowsSeen[pair]!, columnsSeen[pair]!, n[pair]!];
    if (size < minJoint || r < 2 || c < 2) return Number.NaN;
    const phi2 = Math.max(0, share - 1 - ((r - 1) * (c - 1)) / (size - 1));
    const smaller = Math.min(r - (r - 1) ** 2 / (size - 1), c - (c - 1) ** 2 / (size - 1)) - 1;
    // With nearly as many levels as values the correction leaves nothing to divide by.
    return smaller > 0 ? Math.min(1, Math.sqrt(phi2 / smaller)) : Number.NaN;
  });
}
