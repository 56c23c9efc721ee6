/** Exit codes of every command; see docs/contracts.md. */
export const EXIT = {
  done: 0,
  /** A gate or check failed, or a job of a run did. */
  failed: 1,
  /** Wrong usage or bad input. */
  usage: 2,
  internal: 3,
  /** Interrupted; what was finished is kept. */
  interrupted: 130,
} as const;
