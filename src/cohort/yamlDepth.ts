import { InputError } from './inputError.js';

/** Deeper than any document of ours, shallow enough for the parser: its time grows much faster than the depth. */
const DEEPEST = 100;

const compact = new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`);
const indented = new RegExp(`^[ \\t]{${10 * DEEPEST}}`, 'm');

/**
 * Refuses a YAML text that is nested too deeply, before it is parsed. Brackets are counted wherever they stand.
 *
 * @throws InputError with the line
 */
export function requireOrdinaryDepth(text: string, file: string): void {
  let [depth, at] = [0, -1];
  for (let index = 0; index < text.length && at < 0; index++) {
    const character = text[index];
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) at = index;
  }
  if (at < 0) at = compact.exec(text)?.index ?? indented.exec(text)?.index ?? -1;
  if (at < 0) return;
  throw new InputError({
    file,
    place: `line ${text.slice(0, at).split('\n').length}`,
    expected: `a document that is nested at most ${DEEPEST} deep`,
    found: 'a deeper one',
    remedy: 'Check the brackets at that line.',
  });
}
