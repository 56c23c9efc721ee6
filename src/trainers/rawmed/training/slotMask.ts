import type { EventTransformerOptions } from '../../../models/eventTransformerOptions.js';
import { eventLength, eventTokens } from '../../../models/eventTransformerOptions.js';

/** Limits of the time bins that may be drawn. */
export interface BinLimits {
  /** Greatest bin; by default all that the digits can say. */
  readonly lastBin?: number;
  /** Bins never fall within a stay. */
  readonly ordered?: boolean;
}

/**
 * Ids allowed at one place of a sequence, in ascending order: {digits, EOS} in the first time slot, {digits} in the
 * others, {codes} elsewhere; PAD and SOS never. Without time slots EOS is allowed at the first code.
 *
 * @param slot place inside the event, 0…T + codes − 1
 * @param prefix number that the time digits before say
 * @param lowest least bin allowed; a digit stays out when no bin of [lowest, highest] starts with it
 * @returns ids from `from` to `to` − 1, and `end` where EOS is allowed besides
 */
export function allowedIds(
  options: EventTransformerOptions,
  slot: number,
  prefix = 0,
  lowest = 0,
  highest = (options.timeValues ?? 10) ** options.timeDigits - 1,
): { readonly from: number; readonly to: number; readonly end?: number } {
  const { timeDigits, codes, timeValues = 10 } = options;
  if (slot < 0 || slot >= eventLength(options)) throw new Error(`an event has no slot ${slot}`);
  const { firstDigit, end } = eventTokens(codes, timeValues);
  if (slot >= timeDigits) return { from: 0, to: codes, ...(slot === 0 ? { end } : {}) };
  const rest = timeValues ** (timeDigits - 1 - slot);
  const least = Math.max(0, Math.floor(lowest / rest) - timeValues * prefix);
  const most = Math.min(timeValues - 1, Math.floor(highest / rest) - timeValues * prefix);
  const range = { from: firstDigit + least, to: firstDigit + most + 1 };
  return slot === 0 ? { ...range, end } : range;
}
