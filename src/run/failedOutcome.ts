import type { JobOutcome } from './jobRunner.js';

export type FailedOutcome = Extract<JobOutcome, { state: 'failed' }>;

/** A failure that no computation is to blame for. */
export const failed = (reason: string, transient: boolean): FailedOutcome => ({
  state: 'failed',
  reason,
  input: false,
  transient,
  stack: '',
});

/** How a job ends whose thread died, or whose store does not answer: an outcome like the others, which another try may change. */
export const machineFault = (error: unknown): FailedOutcome =>
  failed(`machine: ${error instanceof Error ? error.message : String(error)}`, true);
