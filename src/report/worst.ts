import { badness } from './position.js';
import type { ReportModel } from './model.js';
import type { Score } from './scores.js';

/**
 * Per generator and headline metric the score of the worst hospital: furthest from its own ends' good side where both
 * ends are defined, otherwise the worst value. With one hospital there is no worst one.
 */
export function worstPlaces(model: ReportModel): ReadonlySet<Score> {
  const groups = new Map<string, Score[]>();
  for (const score of model.scores) {
    if (!score.headline || score.place.site === 'pooled' || score.value === null) continue;
    const key = [score.place.dataset, score.subject.label, score.descriptor.id].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [score]);
    else group.push(score);
  }
  const worst = new Set<Score>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const positions = group.map((score) => model.position(score)?.share ?? null);
    const placed = positions.every((share) => share !== null);
    const cost = group.map((score, index) =>
      placed ? positions[index]! : badness(score.descriptor, score.value!),
    );
    worst.add(group[cost.indexOf(Math.max(...cost))]!);
  }
  return worst;
}
