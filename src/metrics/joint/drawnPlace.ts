import type { NearestRows } from '../../stats/nearestRows.js';
import type { Draw } from '../privacy/resampledNeighbours.js';

/** Place in the lists of a stay's nearest neighbour that was drawn; null when none of those kept was. */
export function drawnPlace(lists: NearestRows, stay: number, drawn: Draw): number | null {
  for (let at = stay * lists.length; at < (stay + 1) * lists.length; at++)
    if (drawn === null || drawn[lists.rows[at]!]! > 0) return at;
  return null;
}
