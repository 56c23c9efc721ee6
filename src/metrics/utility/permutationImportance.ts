import type { Random } from '../../engine/random.js';
import { rankScores, weightedAuroc, type RankedScores } from '../../stats/auroc.js';
import type { FeatureTable } from '../../stats/featureTable.js';
import { midRanks } from '../../stats/ranks.js';
import type { Examples, Fitted } from './examples.js';

/** Columns of the predictors that are permuted together, and the variable they belong to. */
export interface ColumnGroup {
  readonly name: string;
  readonly columns: readonly number[];
}

/** Rankings of the test rows by one model, as they are and with each group of columns permuted. */
export interface PermutedRankings {
  readonly plain: RankedScores;
  /** [group][repeat] */
  readonly permuted: readonly (readonly RankedScores[])[];
}

/**
 * Scores of a model when the columns of a group are taken from another test row, the same one for the whole group: its
 * courses stay plausible, their link to the outcome is cut (Breiman 2001; Fisher, Rudin & Dominici 2019).
 *
 * @param orders [repeat][row] whose columns each row gets
 */
export async function permutedRankings(
  model: Fitted,
  test: Examples,
  groups: readonly ColumnGroup[],
  orders: readonly Uint32Array[],
): Promise<PermutedRankings> {
  const ranking = async (table: FeatureTable): Promise<RankedScores> =>
    rankScores((await model.predict({ ...test, table })).scores, test.outcome);
  const permuted: RankedScores[][] = [];
  for (const { columns } of groups) {
    const ofGroup: RankedScores[] = [];
    for (const order of orders) ofGroup.push(await ranking(permuteColumns(test.table, columns, order)));
    permuted.push(ofGroup);
  }
  return { plain: await ranking(test.table), permuted };
}

/** Mean drop of the AUROC by group, test rows counting `weights[i]` times; null when a class has no weight. */
export function importances(rankings: PermutedRankings, weights: ArrayLike<number>): Float64Array | null {
  const plain = weightedAuroc(rankings.plain, weights);
  if (plain === null) return null;
  return Float64Array.from(rankings.permuted, (repeats) => {
    const sum = repeats.reduce((total, ranked) => total + weightedAuroc(ranked, weights)!, 0);
    return plain - sum / repeats.length;
  });
}

/** Spearman's rank correlation, ties by mid-ranks; null when a side is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [x, y] = [midRanks(a), midRanks(b)];
  const centre = (a.length + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i]! - centre) ** 2;
    yy += (y[i]! - centre) ** 2;
    xy += (x[i]! - centre) * (y[i]! - centre);
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/** Orders of the rows for each repeat. */
export function permutationOrders(rows: number, repeats: number, random: Random): Uint32Array[] {
  return Array.from({ length: repeats }, () => random.permutation(rows));
}

function permuteColumns(table: FeatureTable, columns: readonly number[], order: Uint32Array): FeatureTable {
  const width = table.columns.length;
  const values = table.values.slice();
  for (let row = 0; row < table.rows; row++)
    for (const column of columns) values[row * width + column] = table.values[order[row]! * width + column]!;
  return { ...table, values };
}
