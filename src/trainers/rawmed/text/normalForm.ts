import { InputError } from '../../../cohort/inputError.js';

/** Stands for a word with a character that the tokeniser does not know; a symbol, so that it is always a token of its own. */
export const UNKNOWN = '\uFFFD';

/** Decimals that a number keeps in the text. */
const decimals = 4;

/**
 * The tokens of a text: lower case; every digit, punctuation mark and symbol alone; runs of anything else are words.
 * White space and control characters only separate.
 */
export function textTokens(text: string): string[] {
  return text.toLowerCase().match(/[0-9]|[\p{P}\p{S}]|[^\s\p{Cc}0-9\p{P}\p{S}]+/gu) ?? [];
}

const joinsNumbers = (token: string): boolean => /^[0-9.-]$/.test(token);

/** Inverse of {@link textTokens}: a space between two tokens unless both are of a number (digit, dot or minus). */
export function joinTokens(tokens: readonly string[]): string {
  let text = '';
  tokens.forEach((token, i) => {
    const space = i > 0 && !(joinsNumbers(token) && joinsNumbers(tokens[i - 1]!));
    text += space ? ` ${token}` : token;
  });
  return text;
}

/** Rounds a run of digits with one dot and more than four decimals, half up, without going through a double. */
function rounded(run: string): string {
  const parts = /^(\d*)\.(\d{5,})$/.exec(run);
  if (parts === null) return run;
  const whole = parts[1] === '' ? '0' : parts[1]!;
  const fraction = parts[2]!;
  const up = fraction[decimals]! >= '5' ? 1n : 0n;
  const digits = (BigInt(whole + fraction.slice(0, decimals)) + up)
    .toString()
    .padStart(whole.length + decimals, '0');
  const kept = digits.slice(-decimals).replace(/0+$/, '');
  return `${digits.slice(0, -decimals)}.${kept === '' ? '0' : kept}`;
}

/**
 * Normal form of a text cell: tokens joined, `mg/dL` → `mg / dl`, `5 325` → `5325`, and a decimal of more than four
 * places rounded to four (by rounding, not flooring). A number with two dots, e.g. a date, stays as it is. Idempotent.
 *
 * @returns '' for a text without any token, which means missing
 */
export const normalText = (text: string): string => joinTokens(textTokens(text)).replace(/[0-9.]+/g, rounded);

/** Normal form of a number: rounded to four decimals, −0 as 0. Idempotent. */
export function normalNumber(value: number): number {
  if (!Number.isFinite(value))
    throw new InputError({
      expected: 'finite numbers in the cells of event tables',
      found: 'a number that is not finite',
      remedy: 'Mark the cell as missing.',
    });
  // toFixed writes numbers from 1e21 on with an exponent, and they have no decimals anyway.
  const near = Math.abs(value) < 1e21 ? Number(value.toFixed(decimals)) : value;
  return near === 0 ? 0 : near;
}

/** Text of a number: plain decimal of one to four places, `95` → `95.0`; {@link normalNumber} of it reads back equal. */
export function numberText(value: number): string {
  const number = normalNumber(value);
  if (Math.abs(number) >= 1e21) return `${BigInt(number).toString()}.0`;
  return number.toFixed(decimals).replace(/0{1,3}$/, '');
}
