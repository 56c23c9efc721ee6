import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import { eventLength, eventTokens, sequenceLength } from '../../../models/eventTransformerOptions.js';

/** Events of stays as time digits and codes, stay after stay. */
export interface EventCodes {
  /** Events of each stay. [stays] */
  readonly events: Uint32Array;
  /** [all events · T], most significant digit first */
  readonly digits: Uint8Array;
  /** [all events · codes of an event] */
  readonly codes: Uint16Array;
}

/**
 * Token sequences of stays: SOS, the events, EOS, then PAD. [stays, length + 1], row-major. A stay of the most events has
 * no EOS; a longer one is cut behind its first `maxEvents` events.
 */
export function eventSequences(options: EventTransformerOptions, stays: EventCodes): Uint16Array {
  const { timeDigits, eventCodes, maxEvents } = options;
  const { pad, end, start, firstDigit } = eventTokens(options.codes, options.timeValues);
  const width = sequenceLength(options) + 1;
  const tokens = new Uint16Array(stays.events.length * width).fill(pad);
  let event = 0;
  stays.events.forEach((count, stay) => {
    let at = stay * width;
    tokens[at++] = start;
    const kept = Math.min(count, maxEvents);
    for (let i = event; i < event + kept; i++) {
      for (let d = 0; d < timeDigits; d++) tokens[at + d] = firstDigit + stays.digits[i * timeDigits + d]!;
      tokens.set(stays.codes.subarray(i * eventCodes, (i + 1) * eventCodes), at + timeDigits);
      at += eventLength(options);
    }
    if (kept < maxEvents) tokens[at] = end;
    event += count;
  });
  return tokens;
}

/** Stays as sequences of tokens, ready to be learnt from. */
export interface StaySequences {
  /** SOS, the stay, EOS where it fits, then PAD. [stays, length + 1], row-major */
  readonly tokens: Uint16Array;
  /** Extent of every stay without SOS and EOS, in units. [stays] */
  readonly extents: Uint32Array;
  /** Tokens of a unit. */
  readonly unit: number;
}

/** Sequences of stays as digits and codes; a unit is an event. */
export const codeSequences = (options: EventTransformerOptions, stays: EventCodes): StaySequences => ({
  tokens: eventSequences(options, stays),
  extents: stays.events,
  unit: eventLength(options),
});
