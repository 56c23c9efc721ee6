import type { NearestLists } from './nearestNeighbours.js';

/**
 * Neighbours kept for resampling: a bootstrap leaves a patient out with probability 0.37, all of these with 0.37¹².
 */
export const KEPT_NEIGHBOURS = 12;

/** [stays] how often each stay of a cohort counts; null = every stay once. */
export type Draw = Uint16Array | null;

/**
 * Distance of a stay to its `rank`-th nearest (from 0) stay that was drawn, a stay drawn twice counting once; Infinity
 * when none of the kept neighbours was drawn.
 */
export function drawnDistance(lists: NearestLists, stay: number, drawn: Draw, rank = 0): number {
  let left = rank;
  for (let at = stay * lists.length; at < (stay + 1) * lists.length; at++) {
    if (drawn !== null && drawn[lists.rows[at]!] === 0) continue;
    if (left-- === 0) return lists.distances[at]!;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Share of drawn stays whose nearest drawn neighbour in one set is strictly nearer than their nearest drawn neighbour in
 * another.
 *
 * @param drawnOne, drawnOther draws of the sets that the two lists lead to
 * @param drawn how often each of the stays counts
 */
export function shareNearer(
  one: NearestLists,
  other: NearestLists,
  drawnOne: Draw,
  drawnOther: Draw,
  drawn: Draw,
  stays: number,
): number {
  let [nearer, all] = [0, 0];
  for (let stay = 0; stay < stays; stay++) {
    const times = drawn === null ? 1 : drawn[stay]!;
    if (times === 0) continue;
    all += times;
    if (drawnDistance(one, stay, drawnOne) < drawnDistance(other, stay, drawnOther)) nearer += times;
  }
  return nearer / all;
}
