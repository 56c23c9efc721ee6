import type { CohortEvents } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import type { Trainer } from '../contract.js';
import { eventReferenceTrainer, wholeRow, type DealtEvent, type EventSource } from './eventReference.js';

/** Events of one minute of a stay. */
interface Burst {
  /** The set of (table, item) pairs, as a text; the state of the chain. */
  readonly items: string;
  /** Minutes since the burst before it, or since admission. */
  readonly gap: number;
  /** One (table, item) key an event; an item that occurs twice is there twice. */
  readonly keys: readonly string[];
}

function keyOf(events: CohortEvents, event: number): string {
  const table = events.table[event]!;
  const { columns, itemColumn } = events.tables[table]!;
  const item = events.columns[table]![columns.findIndex(({ name }) => name === itemColumn)]!;
  const row = events.row[event]!;
  return `${table}/${item.kind === 'categorical' && item.filled[row] === 1 ? item.codes[row]! : -1}`;
}

function burstsOf(events: CohortEvents, stay: number): Burst[] {
  const bursts: Burst[] = [];
  let before = 0;
  for (let event = events.start[stay]!; event < events.start[stay + 1]!;) {
    const minute = events.minute[event]!;
    const keys: string[] = [];
    for (; event < events.start[stay + 1]! && events.minute[event] === minute; event++)
      keys.push(keyOf(events, event));
    bursts.push({ items: [...new Set(keys)].sort().join(' '), gap: minute - before, keys });
    before = minute;
  }
  return bursts;
}

/** Drawn before the first burst. */
const admission = 'admission';

/** The chain of a hospital: what follows each item set, once for every time that it does; null = nothing more in the window. */
function successors({ events, stays }: EventSource): Map<string, (Burst | null)[]> {
  const following = new Map<string, (Burst | null)[]>();
  for (const stay of stays) {
    let state = admission;
    for (const burst of [...burstsOf(events, stay), null]) {
      const known = following.get(state);
      if (known === undefined) following.set(state, [burst]);
      else known.push(burst);
      if (burst !== null) state = burst.items;
    }
  }
  return following;
}

/** Rows of the hospital's events by (table, item). */
function rowsByItem({ events, stays }: EventSource): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const stay of stays)
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const key = keyOf(events, event);
      const known = rows.get(key);
      if (known === undefined) rows.set(key, [events.row[event]!]);
      else known.push(events.row[event]!);
    }
  return rows;
}

function walk(train: EventSource, count: number, draw: Random): DealtEvent[][] {
  const { events, last } = train;
  const following = successors(train);
  const rows = rowsByItem(train);
  return Array.from({ length: count }, () => {
    const made: DealtEvent[] = [];
    let [state, minute] = [admission, 0];
    for (;;) {
      const candidates = following.get(state)!;
      const burst = candidates[draw.integer(candidates.length)] ?? null;
      if (burst === null || minute + burst.gap > last) return made;
      minute += burst.gap;
      for (const key of burst.keys) {
        const table = Number.parseInt(key);
        const own = rows.get(key)!;
        made.push({ minute, table, rows: wholeRow(events, table, own[draw.integer(own.length)]!) });
      }
      state = burst.items;
    }
  });
}

/** A first-order Markov chain over what happens in one minute, with real cells of each item. */
export const markovEvents: Trainer = eventReferenceTrainer(
  {
    id: 'markov-events',
    title: 'First-order Markov chain of events',
    description:
      'Walks a Markov chain over the sets of items of one minute: the next set and the gap to it are drawn from what followed the present set in the hospital, each event’s cells from the real events of its item. Sets that occur once lead on as in their stay, so rare courses are copied.',
  },
  (train, wanted, draw) => walk(train, wanted.stays.length, draw),
  'train',
);
