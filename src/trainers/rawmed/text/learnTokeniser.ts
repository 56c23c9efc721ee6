import { InputError } from '../../../cohort/inputError.js';
import type { CohortEvents } from '../../../cohort/types.js';
import { SMALLEST_CELL } from '../../../cohort/suppression.js';
import { textTokens, UNKNOWN } from './normalForm.js';
import { staysByPatient } from './staysByPatient.js';
import { textTables } from './textTables.js';
import { largestVocabulary, openTokeniser, reservedPieces, spelling, type Tokeniser } from './tokeniser.js';

interface PieceCount {
  readonly piece: string;
  uses: number;
  patients: number;
  /** Patient counted last. */
  last: number;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How often every word and character stands in the text cells, and for how many patients. */
function pieceCounts(events: CohortEvents, patients: readonly string[]): PieceCount[] {
  const counts = new Map<string, PieceCount>();
  const countOf = (piece: string): PieceCount => {
    let count = counts.get(piece);
    if (count === undefined) counts.set(piece, (count = { piece, uses: 0, patients: 0, last: -1 }));
    return count;
  };
  const ofLevel = (level: string): PieceCount[] =>
    textTokens(level).flatMap((word) => {
      const spelt = spelling(word);
      const characters = spelt.map((piece) => countOf(piece));
      return spelt.length === 1 ? characters : [...characters, countOf(word)];
    });
  const levels = events.columns.map((columns) =>
    columns.map((column) => (column.kind === 'categorical' ? column.levels.map(ofLevel) : [])),
  );
  const { order, patient } = staysByPatient(patients);
  for (const stay of order)
    for (let event = events.start[stay]!; event < events.start[stay + 1]!; event++) {
      const table = events.table[event]!;
      const row = events.row[event]!;
      events.columns[table]!.forEach((column, c) => {
        if (column.kind !== 'categorical' || column.filled[row] === 0) return;
        for (const count of levels[table]![c]![column.codes[row]!]!) {
          count.uses += 1;
          if (count.last !== patient[stay]!) count.patients += 1;
          count.last = patient[stay]!;
        }
      });
    }
  return [...counts.values()];
}

/** Words and characters (`##c` inside a word) of text cells, and how often each stands there. */
export interface CountedPieces {
  readonly pieces: readonly string[];
  /** [pieces] */
  readonly uses: Float64Array;
}

/**
 * Counts words and characters that at least `smallestCell` patients have, by text.
 *
 * @param patients [N] patient of every stay
 */
export function countPieces(
  events: CohortEvents,
  patients: readonly string[],
  smallestCell: number,
): CountedPieces {
  const counted = pieceCounts(events, patients)
    .filter(({ piece, patients, uses }) => uses > 0 && patients >= smallestCell && piece !== UNKNOWN)
    .sort((a, b) => byText(a.piece, b.piece));
  return {
    pieces: counted.map(({ piece }) => piece),
    uses: Float64Array.from(counted, ({ uses }) => uses),
  };
}

/** Counts of several hospitals added up. */
export function addPieces(counts: readonly CountedPieces[]): CountedPieces {
  const sums = new Map<string, number>();
  for (const { pieces, uses } of counts)
    pieces.forEach((piece, i) => sums.set(piece, (sums.get(piece) ?? 0) + uses[i]!));
  return { pieces: [...sums.keys()], uses: Float64Array.from(sums.values()) };
}

/** Tokens that a piece saves where it stands instead of the spelt word; 0 for single characters. */
const savedBy = (piece: string): number => (piece.startsWith('##') ? 0 : Array.from(piece).length - 1);

/**
 * Makes the vocabulary out of counts: reserved pieces, digits, dot, minus and the words of tables' and columns'
 * names, which are no patients' data; then the characters of the text cells, most frequent first; then whole words by the
 * tokens that they save (uses × (characters − 1)), until the limit. Ties go by code units.
 *
 * @throws InputError if the limit does not hold the pieces that every text needs
 */
export function tokeniserOf(
  tables: CohortEvents['tables'],
  { pieces, uses }: CountedPieces,
  limit: number,
): Tokeniser {
  const names = textTables(tables).flatMap(({ name, columns }) => [name, ...columns]);
  const needed = [...new Set([...Array.from('0123456789.-'), ...names.flatMap(textTokens).sort(byText)])];
  const smallest = reservedPieces.length + needed.length;
  if (!(limit >= smallest && limit <= largestVocabulary))
    throw new InputError({
      expected: `a vocabulary limit from ${smallest} (digits and the words of the tables' and columns' names) to ${largestVocabulary}`,
      found: String(limit),
      place: 'vocabulary limit',
      remedy: 'Choose a limit in this range.',
    });
  const known = new Set(needed);
  const learnt = pieces
    .map((piece, i) => ({ piece, saved: savedBy(piece), uses: uses[i]! }))
    .filter(({ piece }) => !known.has(piece))
    .sort(
      (a, b) =>
        Number(a.saved > 0) - Number(b.saved > 0) ||
        b.uses * Math.max(b.saved, 1) - a.uses * Math.max(a.saved, 1) ||
        byText(a.piece, b.piece),
    )
    .slice(0, limit - smallest)
    .map(({ piece }) => piece);
  return openTokeniser([...reservedPieces, ...needed, ...learnt]);
}

/**
 * Learns the vocabulary of the training part. Words and characters of fewer than `smallestCell` patients are left out: the
 * one are spelt out, the other become UNK.
 *
 * @param patients [N] patient of every stay
 * @throws InputError if the limit does not hold the pieces that every text needs
 */
export const learnTokeniser = (
  events: CohortEvents,
  patients: readonly string[],
  { limit, smallestCell = SMALLEST_CELL }: { limit: number; smallestCell?: number },
): Tokeniser => tokeniserOf(events.tables, countPieces(events, patients, smallestCell), limit);
