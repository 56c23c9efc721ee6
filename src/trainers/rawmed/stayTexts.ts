import { selectEvents } from '../../cohort/events/selectEvents.js';
import type { CohortEvents } from '../../cohort/types.js';
import type { RawmedParameters } from './parameters.js';
import { distinctEvents, type DistinctEvents } from './text/distinctEvents.js';
import { encodeEvents } from './text/encodeEvents.js';
import { BIN_MINUTES, binOfDigits, timeBin, timeDigitCount, timeDigits } from './text/timeDigits.js';
import type { Tokeniser } from './text/tokeniser.js';
import type { EventCodes } from './training/eventCodes.js';

/** How the time of an event is written before its codes. */
export interface TimeSlots {
  /** Tokens T of a time. */
  readonly slots: number;
  /** Ids that a slot can have. */
  readonly values: number;
  /** Tokens of a minute. */
  write(minute: number): readonly number[];
  /** Minute of the bin that tokens say; null where they say none. */
  read(tokens: ArrayLike<number>): number | null;
}

const minuteOf = (bin: number | null): number | null => (bin === null ? null : bin * BIN_MINUTES);

/** @param window minutes */
export function timeSlots(time: RawmedParameters['time'], window: number): TimeSlots {
  if (time === 'in-text') return { slots: 0, values: 10, write: () => [], read: () => null };
  if (time === 'single')
    return {
      slots: 1,
      values: timeBin(window) + 1,
      write: (minute) => [timeBin(minute)],
      read: (tokens) => minuteOf(tokens[0] ?? null),
    };
  const slots = timeDigitCount(window);
  return {
    slots,
    values: 10,
    write: (minute) => timeDigits(timeBin(minute), slots),
    read: (tokens) => minuteOf(binOfDigits(tokens)),
  };
}

/** Stays as texts of events and tokens of times: what one participant's training reads. */
export interface StayTexts {
  /** Different events with their numbers; `rowOf` leads from an event to its text. */
  readonly distinct: DistinctEvents;
  /** [stays] */
  readonly events: Uint32Array;
  /** [all events · T] */
  readonly digits: Uint8Array;
}

/**
 * Encodes the stays at `rows`, in that order.
 *
 * @param events as `trainingText` gives them
 */
export function stayTexts(
  events: CohortEvents,
  rows: readonly number[],
  tokeniser: Tokeniser,
  length: number,
  time: TimeSlots,
): StayTexts {
  const chosen = selectEvents(events, rows);
  return {
    distinct: distinctEvents(encodeEvents(chosen, tokeniser, { length })),
    events: Uint32Array.from(rows, (_, i) => chosen.start[i + 1]! - chosen.start[i]!),
    digits: Uint8Array.from(Array.from(chosen.minute).flatMap((minute) => time.write(minute))),
  };
}

/**
 * Stays as digits and codes, from the codes of their different events.
 *
 * @param codes [different events · width]
 */
export function stayCodes(
  { distinct, events, digits }: StayTexts,
  codes: Uint16Array,
  width: number,
): EventCodes {
  const all = new Uint16Array(distinct.rowOf.length * width);
  distinct.rowOf.forEach((row, event) =>
    all.set(codes.subarray(row * width, (row + 1) * width), event * width),
  );
  return { events, digits, codes: all };
}
