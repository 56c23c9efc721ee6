import { distance } from 'fastest-levenshtein';

/** A text that exists, and how often. */
export interface CountedText {
  readonly text: string;
  readonly count: number;
}

/**
 * The known text with the smallest normalised Levenshtein distance, edits over the length of the longer text. Ties go to the more frequent
 * text, then by code units, so the order of `known` does not matter.
 *
 * @returns index into `known`, −1 if none is within `threshold`
 */
export function nearestText(text: string, known: readonly CountedText[], threshold: number): number {
  let best = -1;
  let bestDistance = threshold;
  known.forEach((candidate, i) => {
    const longest = Math.max(text.length, candidate.text.length, 1);
    // The difference of lengths is a lower bound of the edits.
    if (Math.abs(text.length - candidate.text.length) / longest > bestDistance) return;
    const normalised = distance(text, candidate.text) / longest;
    if (normalised > bestDistance) return;
    if (best >= 0 && normalised === bestDistance) {
      const rival = known[best]!;
      if (candidate.count < rival.count) return;
      if (candidate.count === rival.count && candidate.text >= rival.text) return;
    }
    best = i;
    bestDistance = normalised;
  });
  return best;
}
