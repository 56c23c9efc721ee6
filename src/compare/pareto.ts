/** One candidate: what it costs in quality and in an expense, smaller is better in both. */
export interface Offer {
  /** See `costOf`. */
  readonly cost: number;
  /** Bytes, seconds, … */
  readonly expense: number;
}

/**
 * Which offers lie on the Pareto front: no other one is at least as good in both and better in one. Equal offers lie on it
 * together.
 */
export function onParetoFront(offers: readonly Offer[]): boolean[] {
  return offers.map(
    (one) =>
      !offers.some(
        (other) =>
          other.cost <= one.cost &&
          other.expense <= one.expense &&
          (other.cost < one.cost || other.expense < one.expense),
      ),
  );
}
