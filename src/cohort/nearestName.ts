import { distance } from 'fastest-levenshtein';

/**
 * The known name that `name` most likely stands for, or null when none is near: same letters in another case, or
 * at most one edit for every three letters.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return bestDistance <= Math.max(name.length < 4 ? 1 : 2, Math.floor(name.length / 3)) ? best : null;
}

/** The remedy for an unknown name: the likely meaning if there is one, else the names that exist. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== null) return `Did you mean "${nearest}"?`;
  return known.length === 0 ? 'No name is known here.' : `Known: ${known.join(', ')}.`;
}
