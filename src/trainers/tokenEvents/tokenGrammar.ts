import { eventTokens, type EventTransformerOptions } from '../../models/eventTransformerOptions.js';
import { SEP, UNK } from '../rawmed/text/tokeniser.js';
import { allowedIds, type BinLimits } from '../rawmed/training/slotMask.js';
import type { StayGrammar } from '../rawmed/training/stayGrammar.js';
import type { TextIds } from './textIds.js';

/** A stay as times and texts. */
export interface TokenStay {
  /** Time bin of every complete event. */
  readonly bins: number[];
  /** Ids of every complete event's text, SEP included. */
  readonly events: (readonly number[])[];
  /** Digits of the present event. */
  readonly digits: number[];
  /** Ids of the present event's text so far. */
  text: number[];
}

/** Number that decimal digits say. */
const numberOf = (digits: readonly number[]): number => digits.reduce((sum, digit) => 10 * sum + digit, 0);

/** From `from` to `to` − 1. */
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/**
 * The grammar of events whose texts differ in length: time digits, a table, then columns of that table in their order, each
 * with a value of at least one piece, then SEP. A stay ends where a time could begin. An event has at least one column
 * and at most `longest` ids.
 */
export function tokenGrammar(
  options: EventTransformerOptions,
  ids: TextIds,
  longest: number,
  limits: BinLimits,
): StayGrammar<TokenStay> {
  const { timeDigits } = options;
  const { firstDigit } = eventTokens(options.codes);
  const values = range(UNK, ids.pieces);
  const tables = Int32Array.from(ids.tables);
  const first = ids.columns.map((own) => Int32Array.from(own));
  /** [table][column] ids after a value of that column: more of it, the end, and the columns behind. */
  const after = ids.columns.map((own) =>
    own.map((_, column) => Int32Array.of(SEP, ...values, ...own.slice(column + 1))),
  );
  const ending = Int32Array.of(SEP, ...values);
  const [value, end] = [Int32Array.from(values), Int32Array.of(SEP)];
  const tableOf = new Map(ids.tables.map((id, table) => [id, table]));
  const columnOf = new Map(ids.columns.flatMap((own) => own.map((id, column) => [id, column] as const)));
  const slots = { ...options, eventCodes: 1 };
  return {
    begin: () => ({ bins: [], events: [], digits: [], text: [] }),
    allowed({ digits, text, bins }) {
      if (digits.length < timeDigits) {
        const lowest = limits.ordered === true ? (bins.at(-1) ?? 0) : 0;
        const {
          from,
          to,
          end: mayEnd,
        } = allowedIds(slots, digits.length, numberOf(digits), lowest, limits.lastBin);
        return [...(mayEnd === undefined ? [] : [mayEnd]), ...range(from, to)];
      }
      if (text.length === 0) return tables;
      const table = tableOf.get(text[0]!)!;
      if (text.length === 1) return first[table]!;
      const column = columnOf.get(text.findLast((id) => id >= ids.pieces)!)!;
      if (text.at(-1)! >= ids.pieces) return value;
      // A further column takes its name, a piece and SEP.
      if (text.length + 3 <= longest) return after[table]![column]!;
      return text.length + 2 <= longest ? ending : end;
    },
    take(stay, token) {
      if (stay.digits.length < timeDigits) {
        stay.digits.push(token - firstDigit);
        return false;
      }
      stay.text.push(token);
      if (token !== SEP) return false;
      stay.bins.push(numberOf(stay.digits));
      stay.events.push(stay.text);
      stay.digits.length = 0;
      stay.text = [];
      return true;
    },
    events: ({ events }) => events.length,
    latest: ({ events }) => events.at(-1)!,
    takeBack(stay) {
      const bin = stay.bins.pop()!;
      for (let place = timeDigits - 1; place >= 0; place--)
        stay.digits.push(Math.floor(bin / 10 ** place) % 10);
      return { tokens: stay.events.pop()!.length, token: firstDigit + stay.digits.at(-1)! };
    },
  };
}
