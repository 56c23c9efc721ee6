import { InputError } from '../../../cohort/inputError.js';
import { SMALLEST_CELL } from '../../../cohort/suppression.js';
import { mergeSmallCells } from '../../../federation/preprocessing/smallCells.js';
import { MINIMUM_EVENTS } from '../text/eventWindow.js';

/** @throws InputError when a hospital has fewer than 11 patients to learn from: nothing is released of so few */
export function requireEnough(id: string, patients: number): void {
  if (patients >= SMALLEST_CELL) return;
  throw new InputError({
    place: `hospital ${id}`,
    expected: `at least ${SMALLEST_CELL} patients with a stay of ${MINIMUM_EVENTS} or more events in the window`,
    found: 'fewer',
    remedy:
      'Leave the hospital out, merge it with another one, or lengthen the window: counts of so few are not released.',
  });
}

/** Stays per number of events, from six on, without small cells. */
export function eventCells(counts: Int32Array): { levels: Int32Array; counts: Float64Array } {
  const stays = new Map<number, number>();
  for (const count of counts.filter((events) => events >= MINIMUM_EVENTS).sort())
    stays.set(count, (stays.get(count) ?? 0) + 1);
  const levels = Int32Array.from(stays.keys());
  const cells = { variables: 1, levels, counts: Float64Array.from(stays.values()) };
  const merged = mergeSmallCells(cells, [1], [1 + Math.max(1, ...levels)]);
  return { levels: merged.levels, counts: merged.counts };
}
