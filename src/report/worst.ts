import { costOf } from '../metrics/cost.js';
import { hospitalRange } from './hospitalRange.js';
import { costRange } from './position.js';
import type { ReportModel } from './model.js';
import type { Score } from './scores.js';

/** `clear`: its interval does not overlap that of the best hospital; `within-noise`: it does, or none is defined. */
export type Worst = 'clear' | 'within-noise';

/**
 * Per generator and headline metric the score of the hospital with the worst value (`hospitalRange`). With one
 * hospital, or where the best is as bad, there is no worst one.
 */
export function worstPlaces(model: ReportModel): ReadonlyMap<Score, Worst> {
  const places = new Map<Score, Worst>();
  for (const dataset of new Set(model.places.map((place) => place.dataset)))
    for (const subject of model.subjects)
      for (const descriptor of model.headlines) {
        const range = hospitalRange(model, dataset, subject, descriptor);
        if (range === null) continue;
        const { worst, best } = range;
        if (costOf(descriptor, worst.value) === costOf(descriptor, best.value)) continue;
        const clear = worst.low !== null && best.low !== null && costRange(worst)![0] > costRange(best)![1];
        places.set(worst, clear ? 'clear' : 'within-noise');
      }
  return places;
}
