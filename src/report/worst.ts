import { costOf } from '../metrics/cost.js';
import { costRange } from './position.js';
import type { ReportModel } from './model.js';
import type { Score } from './scores.js';

/** `clear`: its interval does not overlap that of the best hospital; `within-noise`: it does, or none is defined. */
export type Worst = 'clear' | 'within-noise';

/**
 * Per generator and headline metric the score of the worst hospital: furthest along its own ends where all hospitals have
 * them, otherwise the worst value. With one hospital there is no worst one.
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
    const positions = group.map((score) => model.position(score)?.share ?? null);
    const placed = positions.every((share) => share !== null);
    const cost = group.map((score, index) =>
      placed ? positions[index]! : costOf(score.descriptor, score.value!),
    );
    const last = group[cost.indexOf(Math.max(...cost))]!;
    const first = group[cost.indexOf(Math.min(...cost))]!;
    const clear = last.low !== null && first.low !== null && costRange(last)![0] > costRange(first)![1];
    worst.set(last, clear ? 'clear' : 'within-noise');
  }
  return worst;
}
