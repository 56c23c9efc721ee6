import { costOf } from '../metrics/cost.js';
import { costRange } from './position.js';
import type { ReportModel } from './model.js';
import type { Score } from './scores.js';

/** `clear`: its interval does not overlap that of the best hospital; `within-noise`: it does, or none is defined. */
export type Worst = 'clear' | 'within-noise';

/**
 * Per generator and headline metric the score of the hospital with the worst value, as `hospitalRange` has it. With one
 * hospital, or with equal values at all, there is no worst one.
 */
export function worstPlaces(model: ReportModel): ReadonlyMap<Score, Worst> {
  const groups = new Map<string, Score[]>();
  for (const score of model.scores) {
    if (!score.headline || score.place.site === 'pooled' || score.value === null) continue;
    const key = [score.place.dataset, score.subject.label, score.descriptor.id].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [score]);
    else group.push(score);
  }
  const worst = new Map<Score, Worst>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const cost = group.map(({ descriptor, value }) => costOf(descriptor, value!));
    const [most, least] = [Math.max(...cost), Math.min(...cost)];
    if (most === least) continue;
    const last = group[cost.indexOf(most)]!;
    const first = group[cost.indexOf(least)]!;
    const clear = last.low !== null && first.low !== null && costRange(last)![0] > costRange(first)![1];
    worst.set(last, clear ? 'clear' : 'within-noise');
  }
  return worst;
}
