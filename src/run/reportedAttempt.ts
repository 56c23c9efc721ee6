import { straightAttempt, type Attempt, type TimedResult } from '../metrics/attempt.js';

/** Results of earlier attempts, by name. */
export type KnownResults = Readonly<Record<string, TimedResult>>;

/** What a thread tells about its computations, so that another one can keep the time. */
export type AttemptMessage =
  | { readonly kind: 'computing'; readonly name: string }
  | { readonly kind: 'computed'; readonly name: string; readonly timed: TimedResult };

/** Tells before and after every computation, and skips those that are known. */
export function reportedAttempt(known: KnownResults, tell: (message: AttemptMessage) => void): Attempt {
  return {
    async run(name, compute) {
      const found = known[name];
      if (found !== undefined) return found;
      tell({ kind: 'computing', name });
      const timed = await straightAttempt.run(name, compute);
      tell({ kind: 'computed', name, timed });
      return timed;
    },
  };
}

export function isAttemptMessage(message: unknown): message is AttemptMessage {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  return message.kind === 'computing' || message.kind === 'computed';
}
