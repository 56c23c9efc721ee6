import { SMALLEST_CELL } from '../../cohort/suppression.js';

/** Characters that steer terminals or reorder text: controls, line separators and bidirectional overrides. */
const steering = /[\p{Cc}\p{Cs}\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu;

/** Text as it is printed: one line, at most `longest` characters, nothing that steers a terminal or reorders text. */
export function oneLine(text: string, longest = 60): string {
  const line = Array.from(
    text
      .slice(0, 4 * longest)
      .replace(steering, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
  );
  if (line.length === 0) return '(unnamed)';
  return line.length > longest ? `${line.slice(0, longest - 1).join('')}…` : line.join('');
}

/** One-line texts of distinct names, still distinct after shortening. */
export function distinctLines(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const wanted = oneLine(name);
    let candidate = wanted;
    for (let count = 2; taken.has(candidate); count++) candidate = `${wanted} (${count})`;
    taken.add(candidate);
    return candidate;
  });
}

/** Plain text inside Markdown, also inside a table cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;')
    .replace(/[\\`*_[\]|~$]/gu, (character) => `\\${character}`);
}

/** What stands for a number that is not printed. */
const withheldMark = '–';

/** Whole number with thousands separated by commas. */
export function printedCount(count: number | null): string {
  return count === null ? withheldMark : `${count}`.replace(/\B(?=(\d{3})+$)/gu, ',');
}

/** A share in per cent with one decimal. */
export function printedShare(share: number | null): string {
  if (share === null) return withheldMark;
  const percent = 100 * share;
  if (percent > 0 && percent < 0.05) return '<0.1';
  return percent > 99.95 && percent < 100 ? '>99.9' : percent.toFixed(1);
}

/** A number to three significant digits. */
export function printedNumber(value: number | null): string {
  if (value === null) return withheldMark;
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : `${Number(value.toPrecision(3))}`;
  return text.replace('-', '−');
}

/** Sentence that explains the mark. */
export const withheldNote = `${withheldMark} = withheld or not available: counts from 1 to ${SMALLEST_CELL - 1}, and numbers that would give them away by subtraction, are not printed.`;
