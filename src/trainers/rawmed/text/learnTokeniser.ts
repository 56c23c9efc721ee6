import { InputError } from '../../../cohort/inputError.js';
import type { CohortEvents } from '../../../cohort/types.js';
import { minimumCell } from '../../../federation/disclosure.js';
import { textTokens, UNKNOWN } from './normalForm.js';
import { staysByPatient } from './staysByPatient.js';
import { textTables } from './textTables.js';
import { largestVocabulary, openTokeniser, reservedPieces, spelling, type Tokeniser } from './tokeniser.js';

interface PieceCount {
  readonly piece: string;
  /** Tokens that the piece saves where it stands instead of the spelt word; 0 for single characters. */
  readonly saved: number;
  uses: number;
  patients: number;
  /** Patient counted last. */
  last: number;
}

const isWord = ({ saved }: PieceCount): boolean => saved > 0;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How often every word and character stands in the text cells, and for how many patients. */
function pieceCounts(events: CohortEvents, patients: readonly string[]): PieceCount[] {
  const counts = new Map<string, PieceCount>();
  const countOf = (piece: string, saved: number): PieceCount => {
    let count = counts.get(piece);
    if (count === undefined) counts.set(piece, (count = { piece, saved, uses: 0, patients: 0, last: -1 }));
    return count;
  };
  const ofLevel = (level: string): PieceCount[] =>
    textTokens(level).flatMap((word) => {
      const spelt = spelling(word);
      const characters = spelt.map((piece) => countOf(piece, 0));
      return spelt.length === 1 ? characters : [...characters, countOf(word, spelt.length - 1)];
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

/**
 * Learns the vocabulary of the training part: reserved pieces, digits, dot, minus and the words of tables' and columns'
 * names, which are no patients' data; then the characters of the text cells, most frequent first; then whole words by the
 * tokens that they save (uses × (characters − 1)), until the limit. Ties go by code units. Words and characters of fewer than
 * `smallestCell` patients are left out: the one are spelt out, the other become UNK.
 *
 * @param patients [N] patient of every stay
 * @throws InputError if the limit does not hold the pieces that every text needs
 */
export function learnTokeniser(
  events: CohortEvents,
  patients: readonly string[],
  { limit, smallestCell = minimumCell }: { limit: number; smallestCell?: number },
): Tokeniser {
  const names = textTables(events.tables).flatMap(({ name, columns }) => [name, ...columns]);
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
  const learnt = pieceCounts(events, patients)
    .filter(
      ({ piece, patients, uses }) =>
        uses > 0 && patients >= smallestCell && !known.has(piece) && piece !== UNKNOWN,
    )
    .sort(
      (a, b) =>
        Number(isWord(a)) - Number(isWord(b)) ||
        b.uses * Math.max(b.saved, 1) - a.uses * Math.max(a.saved, 1) ||
        byText(a.piece, b.piece),
    )
    .slice(0, limit - smallest)
    .map(({ piece }) => piece);
  return openTokeniser([...reservedPieces, ...needed, ...learnt]);
}
