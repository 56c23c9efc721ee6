import { bootstrapStandardError, stayResamples } from '../../stats/bootstrap.js';
import { normalInterval } from '../../stats/interval.js';
import type { Random } from '../../engine/random.js';
import type { MetricInputs, Result } from '../contract.js';
import { okResult } from '../defineMetric.js';
import type { NearestLists } from './nearestNeighbours.js';
import { neighbourLists } from './nearestStays.js';
import { KEPT_NEIGHBOURS, type Draw } from './resampledNeighbours.js';

/** A number of one synthetic stay that follows from its nearest drawn stays in a real cohort. */
export type NeighbourStatistic = (lists: NearestLists, stay: number, drawn: Draw) => number;

/**
 * By how much a low quantile over the synthetic stays of a neighbour statistic is lower towards train than towards as
 * many holdout stays: quantile against H − quantile against R. Interval: bootstrap standard error over the patients of
 * all three cohorts.
 *
 * @param level of the quantile, 0…1, linear between order statistics (type 7)
 */
export function quantileExcess(
  { synthetic, train, holdout, resamples }: MetricInputs,
  random: Random,
  level: number,
  statistic: NeighbourStatistic,
): Result {
  const quantileIn = (real: MetricInputs['train']): ((drawn: Draw, of: Draw) => number) => {
    const lists = neighbourLists(synthetic, real, train, KEPT_NEIGHBOURS);
    return (drawnReal, drawnSynthetic) => {
      const values: number[] = [];
      for (let s = 0; s < synthetic.size; s++) {
        const times = drawnSynthetic === null ? 1 : drawnSynthetic[s]!;
        if (times === 0) continue;
        const value = statistic(lists, s, drawnReal);
        for (let k = 0; k < times; k++) values.push(value);
      }
      return quantile(values, level);
    };
  };
  const [inTrain, inHoldout] = [quantileIn(train), quantileIn(holdout)];
  const [ofTrain, ofHoldout] = [inTrain(null, null), inHoldout(null, null)];
  const draws = [train, holdout, synthetic].map((cohort) =>
    stayResamples(cohort.patients, resamples, random),
  );
  const standardError = bootstrapStandardError(
    Array.from({ length: resamples }, (_, b) => {
      const [drawnTrain, drawnHoldout, drawnSynthetic] = draws.map((cohort) => cohort[b]!);
      return inHoldout(drawnHoldout!, drawnSynthetic!) - inTrain(drawnTrain!, drawnSynthetic!);
    }),
  );
  const value = ofHoldout - ofTrain;
  return okResult(
    value,
    standardError === null ? null : normalInterval(value, standardError, [-1, 1]),
    synthetic.size + train.size + holdout.size,
    { towardsTrain: ofTrain, towardsHoldout: ofHoldout },
  );
}

function quantile(values: readonly number[], level: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = level * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return at === below ? sorted[below]! : sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
