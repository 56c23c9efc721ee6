import { closest, distance } from 'fastest-levenshtein';

/** The known name nearest to a misspelt one, when it is near enough to be meant; undefined otherwise. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, known);
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(name.length / 3))
    ? nearest
    : undefined;
}
