import type { JobsOptions } from 'bullmq';
import { contentKey } from '../../suite/contentKey.js';
import type { JobTask } from '../jobRunner.js';
import { nameOf, type JobEvent, type Versions } from '../plan.js';

/** What a worker leaves of a job that it made. The product itself is in the store, never in the queue. */
export interface QueuedResult {
  readonly reused: boolean;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly cpuSeconds?: number | null;
  readonly worker: string;
}

/** A job's data in the queue. */
export interface QueuedTask extends JobTask {
  /** Set by a worker before it gives the job up. */
  readonly fault?: { readonly input: boolean; readonly stack: string; readonly worker: string };
}

/** What a running job tells, several events together so that a fast one does not flood the queue. */
export interface QueuedEvents {
  readonly worker: string;
  /** Whether the worker has begun with the job since the last message. */
  readonly started: boolean;
  readonly events: readonly JobEvent[];
}

/** A queue's job id: the content key, so that nobody can queue a job twice. BullMQ keeps colons for itself. */
export const jobIdOf = (key: string): string => key.replace(':', '-');

/**
 * Name of the queue of a store and of versions: a worker only ever sees jobs whose products it makes with the same versions of
 * everything that decides their bytes, and puts where the run looks for them.
 */
export function queueNameOf(storeIdentity: string, versions: Versions): string {
  return `jobs-${contentKey({ storeIdentity, versions }).slice('sha256:'.length, 'sha256:'.length + 16)}`;
}

const KINDS = { bounds: 1, train: 2, score: 3 } as const;
const DAY_SECONDS = 86_400;

/** How often a job is tried when machines or stores fail. */
const ATTEMPTS = 4;

/**
 * @param priority of the run, 1 (first) to 9; within a run bounds go first, since references need nothing else, then trainings,
 *   which are the longest
 */
export function optionsOf(task: JobTask, priority: number): JobsOptions {
  return {
    jobId: jobIdOf(task.key),
    priority: 10 * priority + KINDS[task.job.kind],
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: 1_000 },
    removeOnComplete: { age: DAY_SECONDS, count: 1_000 },
    removeOnFail: { age: 30 * DAY_SECONDS, count: 10_000 },
  };
}

/** Name of a job in listings. */
export const titleOf = (task: JobTask): string => nameOf(task.job);

/** Begins the reason of a job that was cancelled; such a job is no dead letter. */
export const CANCELLED = 'cancelled: ';
