import { normalNumber } from '../text/normalForm.js';

/**
 * Number of a generated text, to four decimals. Spaces go, runs of dots become one dot and letters before or behind the
 * number go, as in the published pipeline; what is then left must be a plain decimal: no exponent, no `nan`, no `inf`, no
 * letter or underscore between digits.
 *
 * @returns null if the text is not a finite number
 */
export function readNumber(text: string): number | null {
  const bare = text
    .replace(/\s/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^\p{L}+|\p{L}+$/gu, '');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(bare)) return null;
  const value = Number(bare);
  return Number.isFinite(value) ? normalNumber(value) : null;
}
