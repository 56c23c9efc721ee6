import type { Random } from '../../../engine/random.js';
import {
  eventLength,
  eventTokens,
  type EventTransformerOptions,
} from '../../../models/eventTransformerOptions.js';
import { drawnToken, type TokenDraw } from './drawnToken.js';
import type { EventCodes } from './eventCodes.js';
import { allowedIds, type BinLimits } from './slotMask.js';

/** An event of a stay that was just drawn. */
export interface DrawnEvent {
  /** Number of its stay in the order in which stays began. */
  readonly stay: number;
  /** Place in its stay, from 0. */
  readonly place: number;
  /** How often it was drawn again before. */
  readonly redraws: number;
  readonly codes: readonly number[];
}

/** Says of events whether they can stay; the codes of those that cannot are drawn again. */
export type EventJudge = (events: readonly DrawnEvent[]) => Promise<readonly boolean[]>;

/** A stay while it is drawn. */
export interface Draft {
  readonly stay: number;
  /** Position of the token that is read next. */
  position: number;
  token: number;
  /** Number that the digits of the present event say so far. */
  bin: number;
  /** Bin of the event before. */
  previous: number;
  /** How often the present event was drawn again. */
  redraws: number;
  readonly digits: number[];
  readonly codes: number[];
}

/** Rows whose event has just come to its end and is refused, as long as it may be drawn again. */
export async function refusedRows(
  options: EventTransformerOptions,
  { judge, redraws = 0 }: { readonly judge?: EventJudge; readonly redraws?: number },
  drafts: readonly (Draft | undefined)[],
  ended: ReadonlySet<Draft>,
): Promise<readonly number[]> {
  if (judge === undefined || redraws === 0) return [];
  const complete = [...drafts.keys()].filter((row) => {
    const draft = drafts[row];
    return draft !== undefined && !ended.has(draft) && draft.position % eventLength(options) === 0;
  });
  if (complete.length === 0) return [];
  const { eventCodes } = options;
  const verdicts = await judge(
    complete.map((row) => {
      const { codes, stay, redraws: before } = drafts[row]!;
      return {
        stay,
        place: codes.length / eventCodes - 1,
        redraws: before,
        codes: codes.slice(-eventCodes),
      };
    }),
  );
  return complete.filter((row, i) => {
    const draft = drafts[row]!;
    const again = verdicts[i] === false && draft.redraws < redraws;
    draft.redraws = again ? draft.redraws + 1 : 0;
    return again;
  });
}

/** Puts a draft back to where the codes of its latest event were to be drawn; the event keeps its time. */
export function takeBack(options: EventTransformerOptions, draft: Draft): void {
  const { eventCodes, timeDigits, codes, timeValues } = options;
  const { firstDigit, start } = eventTokens(codes, timeValues);
  draft.codes.length -= eventCodes;
  // `advance` sets it when the event is complete.
  draft.bin = draft.previous;
  draft.position -= eventCodes;
  const digit = draft.digits.at(-1);
  draft.token = timeDigits > 0 && digit !== undefined ? firstDigit + digit : (draft.codes.at(-1) ?? start);
}

/** Draws the token after the draft's position and takes it in; false when it ends the stay. */
export function advance(
  options: EventTransformerOptions,
  settings: TokenDraw & BinLimits,
  draft: Draft,
  logits: Float32Array,
  random: Random,
): boolean {
  const { end, firstDigit } = eventTokens(options.codes, options.timeValues);
  const slot = draft.position % eventLength(options);
  const {
    from,
    to,
    end: mayEnd,
  } = allowedIds(options, slot, draft.bin, settings.ordered === true ? draft.previous : 0, settings.lastBin);
  const ids = Array.from({ length: to - from }, (_, i) => from + i);
  // EOS lies below the digits and above the codes.
  if (mayEnd !== undefined) ids.splice(mayEnd < from ? 0 : ids.length, 0, mayEnd);
  const token = drawnToken(logits, ids, settings, random);
  if (token === end) return false;
  if (slot < options.timeDigits) {
    draft.digits.push(token - firstDigit);
    draft.bin = (options.timeValues ?? 10) * draft.bin + token - firstDigit;
  } else draft.codes.push(token);
  draft.token = token;
  draft.position++;
  if (draft.position % eventLength(options) === 0) {
    draft.previous = draft.bin;
    draft.bin = 0;
  }
  return true;
}

/** Drafts in their order as digits and codes. */
export function collected({ eventCodes }: EventTransformerOptions, stays: readonly Draft[]): EventCodes {
  return {
    events: Uint32Array.from(stays, ({ codes }) => codes.length / eventCodes),
    digits: Uint8Array.from(stays.flatMap(({ digits }) => digits)),
    codes: Uint16Array.from(stays.flatMap(({ codes }) => codes)),
  };
}
