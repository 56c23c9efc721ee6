import type { Cohort } from '../../cohort/types.js';
import { sumsOfStays, type AdditiveStatistic } from '../additiveStatistic.js';
import { codeSpace } from '../codeSpace.js';

/** Most codes whose pairs are counted. */
export const MOST_CODES = 128;

/** What a code is, for definitions of metrics. */
export const CODES =
  'a code is a binary feature recorded as 1 or an observed level of a categorical one; in cohorts with neither, that a feature is observed';

/**
 * Counts over consecutive steps (t, t + 1) of a stay: their number, then [code] those with the code at t, then
 * [code at t][code at t + 1] those with both. They are their own statistics.
 */
export const codeTransitions: AdditiveStatistic = {
  name: 'code-transitions',
  sums(cohort: Cohort) {
    const { schema, observed, values, length } = cohort;
    const [steps, features] = [schema.steps, schema.features.length];
    const space = codeSpace(schema);
    if (space.size > MOST_CODES)
      throw new RangeError(`pairs of more than ${MOST_CODES} codes are not counted`);
    const codesAt = (stay: number, t: number, into: Uint32Array): number => {
      let count = 0;
      for (let f = 0; f < features; f++) {
        const cell = (stay * steps + t) * features + f;
        const code = observed[cell] === 1 ? space.codeAt(f, values[cell]!) : -1;
        if (code >= 0) into[count++] = code;
      }
      return count;
    };
    let [now, next] = [new Uint32Array(features), new Uint32Array(features)];
    return sumsOfStays(cohort, 1 + space.size + space.size ** 2, (stay, into) => {
      let countNow = codesAt(stay, 0, now);
      for (let t = 0; t + 1 < length[stay]!; t++) {
        const countNext = codesAt(stay, t + 1, next);
        into[0]! += 1;
        for (let p = 0; p < countNow; p++) {
          into[1 + now[p]!]! += 1;
          const row = 1 + space.size * (1 + now[p]!);
          for (let q = 0; q < countNext; q++) into[row + next[q]!]! += 1;
        }
        [now, next] = [next, now];
        countNow = countNext;
      }
    });
  },
  derive: (totals) => totals,
};
