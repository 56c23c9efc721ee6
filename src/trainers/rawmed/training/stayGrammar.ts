/**
 * What a stay may consist of, token by token.
 * @typeParam Stay what is kept of a stay while it is drawn, and what it is when it has ended
 */
export interface StayGrammar<Stay> {
  /** A stay before its first token. */
  begin(): Stay;
  /** Ids that may come next, ascending, EOS where the stay may end. */
  allowed(stay: Stay): ArrayLike<number>;
  /** Takes a token that is not EOS in; true where it completes an event. */
  take(stay: Stay, token: number): boolean;
  /** Number of complete events. */
  events(stay: Stay): number;
  /** Ids that say the latest complete event, without its time. */
  latest(stay: Stay): readonly number[];
  /**
   * Takes the latest event back, which is complete; it keeps its time.
   * @returns how many tokens were taken back, and the token before them
   */
  takeBack(stay: Stay): { readonly tokens: number; readonly token: number };
}
