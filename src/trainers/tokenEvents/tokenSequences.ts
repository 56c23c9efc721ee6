import type { CohortEvents } from '../../cohort/types.js';
import {
  eventTokens,
  sequenceLength,
  type EventTransformerOptions,
} from '../../models/eventTransformerOptions.js';
import { eventText, itemsTooLong } from '../rawmed/text/eventText.js';
import type { Tokeniser } from '../rawmed/text/tokeniser.js';
import type { TimeSlots } from '../rawmed/stayTexts.js';
import type { StaySequences } from '../rawmed/training/eventCodes.js';
import { eventIds, type TextIds } from './textIds.js';

/** An event of a stay before it is put into a sequence. */
export interface StayToken {
  readonly digits: readonly number[];
  /** Ids of its text, SEP included. */
  readonly text: readonly number[];
}

/**
 * Events of stays as digits and ids.
 *
 * @param rows stays of `events`
 * @throws InputError when the item of an event does not fit into the text length
 */
export function stayTokens(
  events: CohortEvents,
  rows: readonly number[],
  { ids, tokeniser, time, length }: { ids: TextIds; tokeniser: Tokeniser; time: TimeSlots; length: number },
): readonly (readonly StayToken[])[] {
  const text = eventText(events, tokeniser);
  let tooLong = 0;
  const stays = rows.map((stay) => {
    const own: StayToken[] = [];
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const said = eventIds(ids, text, events.table[event]!, events.row[event]!, length);
      if (said === null) tooLong += 1;
      else own.push({ digits: time.write(events.minute[event]!), text: said });
    }
    return own;
  });
  if (tooLong > 0) throw itemsTooLong(tooLong, length);
  return stays;
}

export const tokenCount = (stay: readonly StayToken[]): number =>
  stay.reduce((sum, { digits, text }) => sum + digits.length + text.length, 0);

/**
 * Sequences of stays: SOS, digits and text of every event, EOS, then PAD. A stay that does not fit is cut behind the last event that
 * does; it has no EOS, since it does not end there.
 */
export function tokenSequences(
  options: EventTransformerOptions,
  stays: readonly (readonly StayToken[])[],
): StaySequences {
  const { pad, end, start, firstDigit } = eventTokens(options.codes);
  const length = sequenceLength(options);
  const tokens = new Uint16Array(stays.length * (length + 1)).fill(pad);
  const extents = Uint32Array.from(stays, (stay, i) => {
    const from = i * (length + 1) + 1;
    tokens[from - 1] = start;
    let at = 0;
    for (const { digits, text } of stay) {
      if (at + digits.length + text.length > length) return at;
      for (const digit of digits) tokens[from + at++] = firstDigit + digit;
      for (const id of text) tokens[from + at++] = id;
    }
    if (at < length) tokens[from + at] = end;
    return at;
  });
  return { tokens, extents, unit: 1 };
}
