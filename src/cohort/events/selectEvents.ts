import type { CohortEvents, CohortSchema } from '../types.js';
import { pickEvents } from './pickEvents.js';

/** The events of the stays at `rows`, in that order; a stay may be taken more than once and then has its events each time. */
export function selectEvents(events: CohortEvents, rows: ArrayLike<number>): CohortEvents {
  const start = new Int32Array(rows.length + 1);
  for (let to = 0; to < rows.length; to++) {
    const from = rows[to]!;
    start[to + 1] = start[to]! + events.start[from + 1]! - events.start[from]!;
  }
  const picked = new Int32Array(start[rows.length]!);
  for (let to = 0; to < rows.length; to++) {
    const first = events.start[rows[to]!]!;
    for (let at = start[to]!; at < start[to + 1]!; at++) picked[at] = first + at - start[to]!;
  }
  return pickEvents(events, picked, start);
}

/** The events up to a minute, this one included: the window [0, `last`]. */
export function eventsUntil(events: CohortEvents, last: number): CohortEvents {
  const stays = events.start.length - 1;
  const start = new Int32Array(stays + 1);
  const picked = new Int32Array(events.minute.length);
  let kept = 0;
  for (let stay = 0; stay < stays; stay++) {
    for (let at = events.start[stay]!; at < events.start[stay + 1]!; at++)
      if (events.minute[at]! <= last) picked[kept++] = at;
    start[stay + 1] = kept;
  }
  return pickEvents(events, picked.slice(0, kept), start);
}

/** The last minute of the grid's window: events may lie in [0, `windowMinutes`], both included. */
export function windowMinutes({ steps, stepHours }: Pick<CohortSchema, 'steps' | 'stepHours'>): number {
  return 60 * steps * stepHours;
}
