import type { Random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { eventReferenceTrainer, wholeRow, type DealtEvent, type EventSource } from './eventReference.js';

/** Minutes since the event before it (since admission for the first one) of every event of the stays, and null for the end of each. */
function gapsOf({ events, stays }: EventSource): (number | null)[] {
  return stays.flatMap((stay) => {
    const own: (number | null)[] = [];
    let before = 0;
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      own.push(events.minute[event]! - before);
      before = events.minute[event]!;
    }
    return [...own, null];
  });
}

/**
 * Events drawn one by one, each a whole real event of the hospital, at gaps drawn independently of everything until an end is
 * drawn or the window is over.
 */
function bootstrapStays(train: EventSource, count: number, draw: Random): DealtEvent[][] {
  const { events, stays, last } = train;
  const all = stays.flatMap((stay) =>
    Array.from(
      { length: events.start[stay + 1]! - events.start[stay]! },
      (_, position) => events.start[stay]! + position,
    ),
  );
  const gaps = gapsOf(train);
  return Array.from({ length: count }, () => {
    const made: DealtEvent[] = [];
    for (let minute = 0; ;) {
      const gap = gaps[draw.integer(gaps.length)] ?? null;
      if (gap === null || minute + gap > last) return made;
      minute += gap;
      const event = all[draw.integer(all.length)]!;
      const table = events.table[event]!;
      made.push({ minute, table, rows: wholeRow(events, table, events.row[event]!) });
    }
  });
}

/** Real events in random order: what an event looks like given its item is right, and nothing else. */
export const itemBootstrap: Trainer = eventReferenceTrainer(
  {
    id: 'item-bootstrap',
    title: 'Item-conditional bootstrap of events',
    description:
      'Draws items as often as they occur in a hospital, for each item one of its real events with all its cells, and independent gaps between events (or the end): right events, no sequence.',
  },
  (train, wanted, draw) => bootstrapStays(train, wanted.stays.length, draw),
  'train',
);
