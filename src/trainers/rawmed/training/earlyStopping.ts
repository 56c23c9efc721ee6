/** A score counts as better when it exceeds this many times the best one. */
const IMPROVEMENT = 1.0001;

/** Scores so far. */
export interface StoppingState {
  readonly best: number;
  /** Scores since the best one. */
  readonly since: number;
}

/** Watches a score that should grow. */
export interface EarlyStopping {
  /** Takes a score in; true when it is the best so far, as the first always is. */
  improved(score: number): boolean;
  /** No improvement for `patience` scores in a row. */
  over(): boolean;
  state(): StoppingState;
}

/** @param before scores that were seen before an interruption */
export function earlyStopping(
  patience: number,
  before: StoppingState = { best: -Infinity, since: 0 },
): EarlyStopping {
  let { best, since } = before;
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
    state: () => ({ best, since }),
  };
}
