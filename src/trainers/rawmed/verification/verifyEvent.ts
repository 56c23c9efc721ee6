import type { TextEvent, TextFault } from '../text/decodeEvent.js';
import { UNKNOWN } from '../text/normalForm.js';
import { nearestText } from './nearestText.js';
import { readNumber } from './readNumber.js';
import type { Range, VerificationRules } from './verificationRules.js';

/** Why an event whose text was read is none that the training part could have. */
export type EventFault =
  /** No column's name is within the threshold. */
  | 'unknown-column'
  /** Two names mean the same column. */
  | 'duplicate-column'
  | 'not-a-number'
  /** Also: the column never has a value. */
  | 'outside-column-range'
  /** No known value is within the threshold, and the column has no rare ones. */
  | 'unknown-category'
  /** No item, in a table whose events all have one. */
  | 'missing-item'
  /** Also: the column never has a value with this item. */
  | 'outside-item-range';

/** Cells of an event in the order of its table's columns; null is missing. */
export type EventCells = readonly (string | number | null)[];

export interface VerifiedEvent {
  readonly table: number;
  readonly cells: EventCells;
  /** Categories and column names that were replaced by the nearest known ones. */
  readonly repaired: number;
  /** Categories replaced by U+FFFD: not near any known one, in a column with texts too rare to be known. */
  readonly withheld: number;
}

export interface VerificationOptions {
  /** Largest normalised Levenshtein distance at which a text stands for a known one; default 0.5. */
  readonly threshold?: number;
}

export type EventVerdict = VerifiedEvent | { readonly rejected: EventFault | TextFault };

const inside = (value: number, range: Range): boolean =>
  range !== null && value >= range[0] && value <= range[1];

/**
 * Makes the check of events: column names and categories are brought to the nearest known text, numbers parsed, and every
 * value held against the range of its column and of its item. Missing cells are never compared with anything, but an item
 * is missing only in tables where it is in training. Never changes the rules.
 */
export function eventVerifier(
  rules: VerificationRules,
  { threshold = 0.5 }: VerificationOptions = {},
): (event: TextEvent) => EventVerdict {
  const tables = rules.map(({ columns }) => ({
    names: columns.map(({ name }) => ({ text: name.replaceAll(' ', ''), count: 0 })),
    codes: columns.map(({ vocabulary }) => new Map(vocabulary.map(({ text }, code) => [text, code]))),
    // Generated texts repeat, and a comparison with a whole vocabulary is dear.
    nearest: columns.map(() => new Map<string, number>()),
  }));
  return (event) => {
    const { columns, item, itemRanges, rareItem, withoutItem, itemUnrelated } = rules[event.table]!;
    const { names, codes, nearest } = tables[event.table]!;
    const cells: (string | number | null)[] = columns.map(() => null);
    let repaired = 0;
    let withheld = 0;
    let itemCode = -1;
    for (const cell of event.cells) {
      const name = cell.column.replaceAll(' ', '');
      const c = nearestText(name, names, threshold);
      if (c < 0) return { rejected: 'unknown-column' };
      if (cells[c] !== null) return { rejected: 'duplicate-column' };
      if (names[c]!.text !== name) repaired += 1;
      const column = columns[c]!;
      if (column.kind === 'continuous') {
        const value = readNumber(cell.value);
        if (value === null) return { rejected: 'not-a-number' };
        if (!inside(value, column.range)) return { rejected: 'outside-column-range' };
        cells[c] = value;
        continue;
      }
      let code = codes[c]!.get(cell.value) ?? nearest[c]!.get(cell.value);
      if (code === undefined)
        nearest[c]!.set(cell.value, (code = nearestText(cell.value, column.vocabulary, threshold)));
      if (code < 0) {
        if (!column.rareTexts) return { rejected: 'unknown-category' };
        withheld += 1;
        cells[c] = UNKNOWN;
        continue;
      }
      const { text } = column.vocabulary[code]!;
      if (text !== cell.value) repaired += 1;
      if (c === item) itemCode = code;
      cells[c] = text;
    }
    const ranges = cells[item] === null ? withoutItem : (itemRanges[itemCode] ?? rareItem);
    if (ranges === null) return { rejected: 'missing-item' };
    const strays = cells.some(
      (cell, c) => typeof cell === 'number' && !itemUnrelated.includes(c) && !inside(cell, ranges[c]!),
    );
    return strays ? { rejected: 'outside-item-range' } : { table: event.table, cells, repaired, withheld };
  };
}
