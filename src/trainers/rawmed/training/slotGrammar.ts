import {
  eventLength,
  eventTokens,
  type EventTransformerOptions,
} from '../../../models/eventTransformerOptions.js';
import type { EventCodes } from './eventCodes.js';
import { allowedIds, type BinLimits } from './slotMask.js';
import type { StayGrammar } from './stayGrammar.js';

/** A stay as digits and codes. */
export interface SlotStay {
  /** Number that the digits of the present event say so far. */
  bin: number;
  /** Bin of the event before. */
  previous: number;
  readonly digits: number[];
  readonly codes: number[];
}

/** The grammar of RawMed: every event has the same slots, its time digits and then its codes. */
export function slotGrammar(options: EventTransformerOptions, limits: BinLimits): StayGrammar<SlotStay> {
  const { eventCodes, timeDigits, codes, timeValues = 10 } = options;
  const { start, firstDigit, size } = eventTokens(codes, timeValues);
  const known = new Map<number, Int32Array>();
  const slotOf = (stay: SlotStay): number => (stay.digits.length + stay.codes.length) % eventLength(options);
  return {
    begin: () => ({ bin: 0, previous: 0, digits: [], codes: [] }),
    allowed(stay) {
      const lowest = limits.ordered === true ? stay.previous : 0;
      const { from, to, end } = allowedIds(options, slotOf(stay), stay.bin, lowest, limits.lastBin);
      const key = (from * (size + 1) + to) * 2 + (end === undefined ? 0 : 1);
      let ids = known.get(key);
      if (ids === undefined) {
        const list = Array.from({ length: to - from }, (_, i) => from + i);
        // EOS lies below the digits and above the codes.
        if (end !== undefined) list.splice(end < from ? 0 : list.length, 0, end);
        known.set(key, (ids = Int32Array.from(list)));
      }
      return ids;
    },
    take(stay, token) {
      if (slotOf(stay) < timeDigits) {
        stay.digits.push(token - firstDigit);
        stay.bin = timeValues * stay.bin + token - firstDigit;
      } else stay.codes.push(token);
      if (slotOf(stay) !== 0) return false;
      stay.previous = stay.bin;
      stay.bin = 0;
      return true;
    },
    events: (stay) => stay.codes.length / eventCodes,
    latest: (stay) => stay.codes.slice(-eventCodes),
    takeBack(stay) {
      stay.codes.length -= eventCodes;
      // `take` sets it when the event is complete.
      stay.bin = stay.previous;
      const digit = stay.digits.at(-1);
      const token = timeDigits > 0 && digit !== undefined ? firstDigit + digit : (stay.codes.at(-1) ?? start);
      return { tokens: eventCodes, token };
    },
  };
}

/** Stays in their order as digits and codes. */
export function collected({ eventCodes }: EventTransformerOptions, stays: readonly SlotStay[]): EventCodes {
  return {
    events: Uint32Array.from(stays, ({ codes }) => codes.length / eventCodes),
    digits: Uint8Array.from(stays.flatMap(({ digits }) => digits)),
    codes: Uint16Array.from(stays.flatMap(({ codes }) => codes)),
  };
}
