/** A score counts as better when it exceeds this many times the best one. */
const IMPROVEMENT = 1.0001;

/** Watches a score that should grow. */
export interface EarlyStopping {
  /** Takes a score in; true when it is the best so far, as the first always is. */
  improved(score: number): boolean;
  /** No improvement for `patience` scores in a row. */
  over(): boolean;
}

export function earlyStopping(patience: number): EarlyStopping {
  let best = -Infinity;
  let since = 0;
  return {
    improved(score) {
      if (!Number.isFinite(score)) throw new Error(`early stopping on the score ${score}`);
      if (best === -Infinity || score > IMPROVEMENT * best) {
        best = score;
        since = 0;
        return true;
      }
      since++;
      return false;
    },
    over: () => since >= patience,
  };
}
