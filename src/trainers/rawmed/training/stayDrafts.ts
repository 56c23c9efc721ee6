import type { Random } from '../../../engine/random.js';
import { drawnToken, type TokenDraw } from './drawnToken.js';
import type { StayGrammar } from './stayGrammar.js';

/** An event of a stay that was just drawn. */
export interface DrawnEvent {
  /** Number of its stay in the order in which stays began. */
  readonly stay: number;
  /** Place in its stay, from 0. */
  readonly place: number;
  /** How often it was drawn again before. */
  readonly redraws: number;
  /** Ids that say it, without its time. */
  readonly codes: readonly number[];
}

/** Says of events whether they can stay; those that cannot are drawn again, but for their time. */
export type EventJudge = (events: readonly DrawnEvent[]) => Promise<readonly boolean[]>;

/** A stay while it is drawn. */
export interface Draft<Stay> {
  readonly stay: number;
  readonly content: Stay;
  /** Position of the token that is read next. */
  position: number;
  token: number;
  /** Whether the latest token completed an event. */
  complete: boolean;
  /** How often the present event was drawn again. */
  redraws: number;
}

/** Rows whose event has just come to its end and is refused, as long as it may be drawn again. */
export async function refusedRows<Stay>(
  grammar: StayGrammar<Stay>,
  { judge, redraws = 0 }: { readonly judge?: EventJudge; readonly redraws?: number },
  drafts: readonly (Draft<Stay> | undefined)[],
): Promise<readonly number[]> {
  if (judge === undefined || redraws === 0) return [];
  const complete = [...drafts.keys()].filter((row) => drafts[row]?.complete === true);
  if (complete.length === 0) return [];
  const verdicts = await judge(
    complete.map((row) => {
      const { content, stay, redraws: before } = drafts[row]!;
      return {
        stay,
        place: grammar.events(content) - 1,
        redraws: before,
        codes: grammar.latest(content),
      };
    }),
  );
  return complete.filter((row, i) => {
    const draft = drafts[row]!;
    const again = verdicts[i] === false && draft.redraws < redraws;
    draft.redraws = again ? draft.redraws + 1 : 0;
    return again;
  });
}

/** Puts a draft back to where its latest event was to be drawn. */
export function takeBack<Stay>(grammar: StayGrammar<Stay>, draft: Draft<Stay>): void {
  const { tokens, token } = grammar.takeBack(draft.content);
  draft.position -= tokens;
  draft.token = token;
}

/**
 * Draws the token after the draft's position and takes it in; false when it ends the stay.
 * @param end id of EOS
 */
export function advance<Stay>(
  grammar: StayGrammar<Stay>,
  end: number,
  settings: TokenDraw,
  draft: Draft<Stay>,
  logits: Float32Array,
  random: Random,
): boolean {
  const token = drawnToken(logits, grammar.allowed(draft.content), settings, random);
  draft.complete = false;
  if (token === end) return false;
  draft.complete = grammar.take(draft.content, token);
  draft.token = token;
  draft.position++;
  return true;
}
