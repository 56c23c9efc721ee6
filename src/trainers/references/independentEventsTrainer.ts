import type { Random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { eventReferenceTrainer, type DealtEvent, type EventSource } from './eventReference.js';

/** All events of the stays, in their order. */
function eventsOf({ events, stays }: EventSource): number[] {
  return stays.flatMap((stay) =>
    Array.from(
      { length: events.start[stay + 1]! - events.start[stay]! },
      (_, position) => events.start[stay]! + position,
    ),
  );
}

/** Deals minutes, tables and every column of every table out again, each by itself; stays keep their number of events. */
function dealIndependently(source: EventSource, draw: Random): DealtEvent[][] {
  const { events, stays } = source;
  const all = eventsOf(source);
  const shuffled = (values: readonly number[]): number[] =>
    Array.from(draw.permutation(values.length), (from) => values[from]!);
  const minutes = shuffled(all.map((event) => events.minute[event]!));
  const tables = shuffled(all.map((event) => events.table[event]!));
  const rows = events.tables.map(({ columns }, table) => {
    const own = all.filter((event) => events.table[event] === table).map((event) => events.row[event]!);
    return columns.map(() => shuffled(own));
  });
  const used = events.tables.map(() => 0);
  let next = 0;
  return stays.map((stay) =>
    Array.from({ length: events.start[stay + 1]! - events.start[stay]! }, () => {
      const table = tables[next]!;
      const place = used[table]!++;
      const event = { minute: minutes[next]!, table, rows: rows[table]!.map((column) => column[place]!) };
      next += 1;
      return event;
    }),
  );
}

/** Every column of every event table, and the times, dealt out independently of all else within the hospital: the floor. */
export const independentEvents: Trainer = eventReferenceTrainer(
  {
    id: 'independent-events',
    title: 'Independent event columns',
    description:
      'Deals every column of every event table and all times out independently within a hospital: right columns and numbers of events, no dependence at all. The floor for events.',
  },
  (_, wanted, draw) => dealIndependently(wanted, draw),
  'wanted',
);
