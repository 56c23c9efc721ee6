import { InputError } from '../../../cohort/inputError.js';
import { joinTokens, textTokens, UNKNOWN } from './normalForm.js';

/** Ids of the reserved pieces. */
export const PAD = 0;
export const SEP = 1;
export const UNK = 2;
export const reservedPieces = ['[PAD]', '[SEP]', '[UNK]'] as const;
/** Ids are 16-bit. */
export const largestVocabulary = 65536;

/** Text to ids and back over a fixed list of pieces. */
export interface Tokeniser {
  /** Number of ids. */
  readonly size: number;
  /** [size] piece of every id: reserved ones, whole words, characters, and `##c` for a character inside a word. */
  readonly pieces: readonly string[];
  readonly PAD: 0;
  readonly SEP: 1;
  readonly UNK: 2;
  /** Ids of a text; a word with an unknown character is one UNK. */
  encode(text: string): Uint16Array;
  /** The text of ids, in normal form; for ids that `encode` gave, exactly its text with U+FFFD in the place of unknown words. */
  decode(ids: ArrayLike<number>): string;
}

/** Pieces of a word spelt out: its first character, then `##` and each further one. */
export const spelling = (word: string): string[] =>
  Array.from(word, (character, i) => (i === 0 ? character : `##${character}`));

/** Opens the tokeniser of a list of pieces in id order, as {@link learnTokeniser} made it or a model file holds it. */
export function openTokeniser(pieces: readonly string[]): Tokeniser {
  const idOf = new Map(pieces.map((piece, id) => [piece, id]));
  if (
    reservedPieces.some((piece, id) => pieces[id] !== piece) ||
    idOf.size !== pieces.length ||
    pieces.length > largestVocabulary
  )
    throw new InputError({
      expected: `distinct pieces, at most ${largestVocabulary}, that begin with ${reservedPieces.join(', ')}`,
      found: 'another list',
      remedy: 'Open the vocabulary that the training wrote.',
    });
  const idsOf = (word: string): readonly number[] => {
    const whole = idOf.get(word);
    if (whole !== undefined) return [whole];
    const ids = spelling(word).map((piece) => idOf.get(piece));
    return ids.every((id) => id !== undefined) ? ids : [UNK];
  };
  return {
    size: pieces.length,
    pieces,
    PAD,
    SEP,
    UNK,
    encode: (text) => Uint16Array.from(textTokens(text).flatMap(idsOf)),
    decode(ids) {
      const tokens: string[] = [];
      let insideWord = false;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        if (id === PAD || id === SEP) continue;
        const piece = id === UNK ? UNKNOWN : pieces[id];
        if (piece === undefined) throw new RangeError(`id ${id} is outside the vocabulary`);
        const inner = piece.length > 2 && piece.startsWith('##');
        if (inner && insideWord) tokens.push(tokens.pop()! + piece.slice(2));
        else tokens.push(inner ? piece.slice(2) : piece);
        insideWord = inner || !/^[0-9\p{P}\p{S}]$/u.test(piece);
      }
      return joinTokens(tokens);
    },
  };
}
