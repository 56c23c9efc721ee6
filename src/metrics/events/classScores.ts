import { rankScores, weightedAuroc, type RankedScores } from '../../stats/auroc.js';

/** Ranked one-against-rest scores of one task; `stay` is the test stay of every score. */
export interface ClassScores {
  readonly ranked: RankedScores;
  readonly stay: Uint32Array;
}

/**
 * Two classes: the scores of class 1. More: all classes of all stays in one list (micro).
 *
 * @param probabilities [rows · classes]
 * @param labels class of every stay of the cohort
 * @param rows stays with a label; only they enter, in every class
 */
export function oneAgainstRest(
  probabilities: Float64Array,
  labels: Int8Array,
  rows: Uint32Array,
  classes: number,
): ClassScores {
  const from = classes === 2 ? 1 : 0;
  const width = classes - from;
  const scores = new Float64Array(rows.length * width);
  const outcome = new Uint8Array(scores.length);
  const stay = new Uint32Array(scores.length);
  rows.forEach((row, i) => {
    for (let k = 0; k < width; k++) {
      scores[i * width + k] = probabilities[i * classes + from + k]!;
      outcome[i * width + k] = labels[row] === from + k ? 1 : 0;
      stay[i * width + k] = row;
    }
  });
  return { ranked: rankScores(scores, outcome), stay };
}

/** AUROC when every stay counts as often as it was drawn (null: once); null without scores of both classes. */
export function aurocOf({ ranked, stay }: ClassScores, draw: Uint16Array | null): number | null {
  const weights = new Float64Array(stay.length).fill(1);
  if (draw !== null) stay.forEach((own, i) => (weights[i] = draw[own]!));
  return weightedAuroc(ranked, weights);
}
