import { seedDetail } from '../seedDetail.js';
import type { Random } from '../../engine/random.js';
import { rankScores, weightedAuroc, type RankedScores } from '../../stats/auroc.js';
import type { Result } from '../contract.js';
import { okResult, undefinedResult } from '../defineMetric.js';
import type { NoTransfer } from './examples.js';
import { bootstrapInterval, unitWeights, type WeightedStatistic } from './testResamples.js';
import type { Transfer } from './transfer.js';
import { prevalences, withTestClasses } from './transferAuroc.js';

/** Sizes and chance of a paired comparison. */
export interface Pairing {
  readonly n: number;
  readonly resamples: number;
  readonly random: Random;
}

/**
 * AUROC of the first model minus that of the second on the same test stays, both as means over evaluation seeds; interval
 * from resampling test patients, who count the same for both.
 */
export function aurocDifference(
  first: Transfer | NoTransfer,
  second: Transfer | NoTransfer,
  { n, resamples, random }: Pairing,
): Result {
  const [a, b] = [withTestClasses(first), withTestClasses(second)];
  if ('reason' in a) return undefinedResult(a.reason, n);
  if ('reason' in b) return undefinedResult(b.reason, n);
  const ranked = [a, b].map(({ predictions, test }) =>
    predictions.map(({ scores }) => rankScores(scores, test.outcome)),
  );
  const difference: WeightedStatistic = (weights) => {
    const [ofFirst, ofSecond] = ranked.map((scorings) => meanAuroc(scorings, weights));
    return typeof ofFirst === 'number' && typeof ofSecond === 'number' ? ofFirst - ofSecond : null;
  };
  const each = unitWeights(a.test.outcome.length);
  const value = difference(each);
  if (value === null) throw new Error('test sides with both classes have an AUROC');
  const bySeed = ranked[0]!.map((scores, seed) => {
    const other = ranked[1]![seed % ranked[1]!.length]!;
    return meanAuroc([scores], each)! - meanAuroc([other], each)!;
  });
  return okResult(value, bootstrapInterval(value, difference, a.test, resamples, random, [-1, 1]), n, {
    testPrevalence: prevalences(a).testPrevalence,
    ...seedDetail(bySeed),
  });
}

function meanAuroc(scorings: readonly RankedScores[], weights: ArrayLike<number>): number | null {
  let sum = 0;
  for (const scores of scorings) {
    const value = weightedAuroc(scores, weights);
    if (value === null) return null;
    sum += value;
  }
  return sum / scorings.length;
}
