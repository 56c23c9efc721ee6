import type { Cohort } from '../../cohort/types.js';
import type { NearestLists } from './nearestNeighbours.js';
import type { SensitiveAttribute } from './sensitiveAttributes.js';

/** How right the guesses about the stays of one cohort are. */
export interface Guesses {
  /** Rows with a known value of at least one attribute. */
  readonly stays: readonly number[];
  /** [stays] share of the known attributes guessed right */
  readonly right: Float64Array;
  /** [stays] the same for always guessing the majority among synthetic stays */
  readonly naiveRight: Float64Array;
  /** F1 over all guesses, "1" as the positive value; null when there is neither a positive value nor a positive guess. */
  readonly f1: number | null;
}

/**
 * Guesses every attribute of every target by the majority of its nearest synthetic stays.
 *
 * @param lists nearest synthetic stays of every target
 * @param neighbours how many vote, with all that are as near as the last of them
 */
export function guessesOf(
  targets: Cohort,
  synthetic: Cohort,
  attributes: readonly SensitiveAttribute[],
  lists: NearestLists,
  neighbours: number,
): Guesses {
  const asked = attributes.map((attribute) => {
    const votes = attribute.valuesIn(synthetic);
    const known = votes.filter((value) => !Number.isNaN(value));
    const ones = known.reduce((sum, value) => sum + value, 0);
    return { truth: attribute.valuesIn(targets), votes, majority: 2 * ones > known.length ? 1 : 0 };
  });
  const stays: number[] = [];
  const [right, naiveRight]: [number[], number[]] = [[], []];
  let [truePositives, positives, guessedPositives] = [0, 0, 0];
  for (let stay = 0; stay < targets.size; stay++) {
    let [known, hits, naiveHits] = [0, 0, 0];
    for (const { truth, votes, majority } of asked) {
      const value = truth[stay]!;
      if (Number.isNaN(value)) continue;
      const guess = majorityVote(lists, stay, neighbours, votes) ?? majority;
      known++;
      if (guess === value) hits++;
      if (majority === value) naiveHits++;
      truePositives += guess * value;
      positives += value;
      guessedPositives += guess;
    }
    if (known === 0) continue;
    stays.push(stay);
    right.push(hits / known);
    naiveRight.push(naiveHits / known);
  }
  const all = positives + guessedPositives;
  return {
    stays,
    right: Float64Array.from(right),
    naiveRight: Float64Array.from(naiveRight),
    f1: all === 0 ? null : (2 * truePositives) / all,
  };
}

/** Null when no neighbour has a known value, or as many have 1 as 0. */
function majorityVote(
  { rows, distances, length }: NearestLists,
  stay: number,
  neighbours: number,
  votes: Float64Array,
): number | null {
  const first = stay * length;
  const farthest = distances[first + Math.min(neighbours, length) - 1]!;
  let [ones, all] = [0, 0];
  for (let at = first; at < first + length && distances[at]! <= farthest; at++) {
    const vote = votes[rows[at]!]!;
    if (Number.isNaN(vote)) continue;
    ones += vote;
    all++;
  }
  return all === 0 || 2 * ones === all ? null : 2 * ones > all ? 1 : 0;
}
