import type { Job, Queue } from 'bullmq';
import { onOneLine } from '../../cohort/inputError.js';
import type { FailedOutcome } from '../failedOutcome.js';
import type { QueuedResult, QueuedTask } from './queuedJob.js';

type QueuedJob = Job<QueuedTask, QueuedResult>;

/** How a job stands in the queue. `absent`: removed, or never there. */
export type FoundJob =
  | { readonly state: 'pending' }
  | { readonly state: 'absent' }
  | { readonly state: 'completed' | 'failed'; readonly job: QueuedJob };

export async function stateOf(queue: Queue<QueuedTask, QueuedResult>, id: string): Promise<FoundJob> {
  const state = await queue.getJobState(id);
  if (state === 'unknown') return { state: 'absent' };
  if (state !== 'completed' && state !== 'failed') return { state: 'pending' };
  const job = (await queue.getJob(id)) as QueuedJob | undefined;
  return job === undefined ? { state: 'absent' } : { state, job };
}

/** Why a job is a dead letter, as people read it: on one line, since whoever can write to Redis may have written it. */
export function reasonOf({ failedReason, stalledCounter }: QueuedJob): string {
  return /stalled more than allowable limit/.test(failedReason)
    ? `lost: ${stalledCounter} times its worker gave no sign of life for too long while it had it; give workers fewer jobs at once, or a longer --lost-after`
    : onOneLine(failedReason);
}

/** What a dead letter tells of its job. */
export function failedOutcome(job: QueuedJob): FailedOutcome {
  const { fault } = job.data;
  return {
    state: 'failed',
    reason: reasonOf(job),
    input: fault?.input ?? false,
    transient: false,
    stack: fault?.stack ?? '',
  };
}
