import { InputError } from '../../../cohort/inputError.js';

/** Minutes of a time bin. */
export const BIN_MINUTES = 10;

/** Index of the bin of a minute since ICU admission. */
export const timeBin = (minute: number): number => Math.floor(minute / BIN_MINUTES);

/** First minute of the bin that a minute lies in. */
export const binStart = (minute: number): number => timeBin(minute) * BIN_MINUTES;

/**
 * Number T of decimal digits of a bin: 2 up to a window of 12 hours, 3 beyond.
 *
 * @throws InputError for windows of more than 166 hours, whose bins three digits do not hold
 */
export function timeDigitCount(windowMinutes: number): 2 | 3 {
  if (windowMinutes <= 720) return 2;
  if (timeBin(windowMinutes) > 999)
    throw new InputError({
      expected: 'a window of at most 9,999 minutes',
      found: `${windowMinutes} minutes`,
      remedy: 'Shorten the window.',
    });
  return 3;
}

/** Decimal digits of a bin, most significant first; the bin must fit. */
export function timeDigits(bin: number, digits: number): number[] {
  if (!Number.isInteger(bin) || bin < 0 || bin >= 10 ** digits)
    throw new RangeError(`bin ${bin} does not fit into ${digits} digits`);
  return Array.from({ length: digits }, (_, i) => Math.floor(bin / 10 ** (digits - 1 - i)) % 10);
}

/** Inverse of {@link timeDigits}; null where one is not a digit. */
export function binOfDigits(digits: ArrayLike<number>): number | null {
  let bin = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i]!;
    if (!Number.isInteger(digit) || digit < 0 || digit > 9) return null;
    bin = bin * 10 + digit;
  }
  return digits.length === 0 ? null : bin;
}
