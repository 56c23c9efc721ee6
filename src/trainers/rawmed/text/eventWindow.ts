import type { CohortEvents } from '../../../cohort/types.js';
import { textTokens } from './normalForm.js';

/** Stays with fewer events in the window are neither trained on nor accepted. */
export const MINIMUM_EVENTS = 6;
/** Events of a stay that the pipeline looks at before any other limit: the latest ones of the window. */
const LATEST_EVENTS = 2048;

/** Events chosen from a cohort: those of stay i are `event[start[i]]` … `event[start[i + 1] − 1]`, in the cohort's order. */
export interface ChosenEvents {
  /** [N+1] */
  readonly start: Int32Array;
  readonly event: Int32Array;
}

/** [M] which events have at least one cell with text in it. */
function eventsWithText(events: CohortEvents): Uint8Array {
  const levels = events.columns.map((columns) =>
    columns.map((column) =>
      column.kind === 'categorical'
        ? Uint8Array.from(column.levels, (level) => Number(textTokens(level).length > 0))
        : null,
    ),
  );
  return Uint8Array.from(events.table, (table, event) => {
    const row = events.row[event]!;
    const some = events.columns[table]!.some(
      (column, c) =>
        column.filled[row] === 1 &&
        (column.kind === 'continuous' || levels[table]![c]![column.codes[row]!] === 1),
    );
    return Number(some);
  });
}

/**
 * The events of every stay with text in them and 0 ≤ minute ≤ window, both included; of more than 2,048 the latest; of
 * those the first `limit`. All stays stay, also those left without events, so a stay keeps its index.
 *
 * @param form `added` events at the head of every stay are the pipeline's own: they are chosen beside the latest 2,048
 * @param readable [M] events that may be chosen
 */
export function chosenEvents(
  events: CohortEvents,
  {
    window = Infinity,
    limit = Infinity,
    added = 0,
  }: { readonly window?: number; readonly limit?: number; readonly added?: number },
  readable: Uint8Array = eventsWithText(events),
): ChosenEvents {
  const chosen: number[] = [];
  const start = new Int32Array(events.start.length);
  for (let stay = 0; stay + 1 < events.start.length; stay++) {
    const inWindow: number[] = [];
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const minute = events.minute[event]!;
      if (readable[event] === 1 && minute >= 0 && minute <= window) inWindow.push(event);
    }
    const latest = [...inWindow.slice(0, added), ...inWindow.slice(added).slice(-LATEST_EVENTS)];
    for (const event of latest.slice(0, limit)) chosen.push(event);
    start[stay + 1] = chosen.length;
  }
  return { start, event: Int32Array.from(chosen) };
}

/** Number of events of every stay inside the window, [N]. */
export function eventCounts(events: CohortEvents, options: { readonly window?: number } = {}): Int32Array {
  const { start } = chosenEvents(events, options);
  return Int32Array.from({ length: start.length - 1 }, (_, stay) => start[stay + 1]! - start[stay]!);
}

/**
 * The 95th percentile (nearest rank) of the events of stays, of which cells hold several each.
 *
 * @returns 0 without stays
 */
export function nearestRank95(cells: readonly { readonly events: number; readonly stays: number }[]): number {
  const total = cells.reduce((sum, { stays }) => sum + stays, 0);
  let left = Math.ceil(0.95 * total);
  for (const { events, stays } of [...cells].sort((a, b) => a.events - b.events)) {
    left -= stays;
    if (left <= 0) return events;
  }
  return 0;
}

/**
 * The 95th percentile (nearest rank) of the events that stays of six or more have inside the window: what longer stays
 * are cut to. Taken on the training part, for the window in use and no other.
 *
 * @returns 0 if no stay has six events
 */
export function eventLimit(events: CohortEvents, { window }: { readonly window: number }): number {
  const counts = eventCounts(events, { window }).filter((count) => count >= MINIMUM_EVENTS);
  return nearestRank95(Array.from(counts, (count) => ({ events: count, stays: 1 })));
}
