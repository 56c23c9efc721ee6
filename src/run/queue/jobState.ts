import type { Job, Queue } from 'bullmq';
import type { JobOutcome } from '../jobRunner.js';
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

/** Why a job is a dead letter, as people read it. */
export function reasonOf({ failedReason, stalledCounter }: QueuedJob): string {
  return /stalled more than allowable limit/.test(failedReason)
    ? `lost: ${stalledCounter} workers were lost while they had it (killed, out of memory, or cut off from the queue)`
    : failedReason;
}

/** What a dead letter tells of its job. */
export function failedOutcome(job: QueuedJob): Extract<JobOutcome, { state: 'failed' }> {
  const { fault } = job.data;
  return {
    state: 'failed',
    reason: reasonOf(job),
    input: fault?.input ?? false,
    transient: false,
    stack: fault?.stack ?? '',
  };
}
