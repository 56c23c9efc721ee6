import { Queue } from 'bullmq';
import { onOneLine } from '../../cohort/inputError.js';
import { forgetClaims, nameOfWorker } from './jobClaims.js';
import { reasonOf } from './jobState.js';
import type { QueueAddress } from './queueAddress.js';
import { connectionTo, QUEUE_PREFIX, requireReachable, shownError } from './queueConnection.js';
import { CANCELLED, type QueuedResult, type QueuedTask } from './queuedJob.js';

/** A job that failed for good, or is being tried again. */
export interface DeadLetter {
  readonly id: string;
  readonly job: string;
  readonly reason: string;
  /** How often it was begun. */
  readonly attempts: number;
  readonly worker: string | null;
}

/** One queue: the jobs of one store and one set of versions. */
export interface QueueState {
  readonly queue: string;
  readonly workers: number;
  readonly waiting: number;
  /** Failed on a machine; tried again after a pause. */
  readonly delayed: number;
  readonly running: readonly { readonly job: string; readonly worker: string | null }[];
  /** Of the last day, at most 1,000. */
  readonly done: number;
  readonly dead: readonly DeadLetter[];
}

type JobsQueue = Queue<QueuedTask, QueuedResult>;

async function queueNames(queue: Queue): Promise<string[]> {
  const client = await queue.getBackend().client;
  const names = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, { MATCH: `${QUEUE_PREFIX}:jobs-*:meta`, COUNT: 1000 });
    for (const key of keys) names.add(key.split(':')[1]!);
    cursor = next;
  } while (cursor !== '0');
  return [...names].sort();
}

/** Calls `visit` with every queue of a server, one after the other. */
async function visitQueues<T>(address: QueueAddress, visit: (queue: JobsQueue) => Promise<T>): Promise<T[]> {
  await requireReachable(address);
  const open = (name: string): JobsQueue => {
    const queue: JobsQueue = new Queue(name, {
      connection: connectionTo(address),
      prefix: QUEUE_PREFIX,
      skipMetasUpdate: true,
    });
    queue.on('error', () => undefined);
    return queue;
  };
  const any = open('names');
  try {
    const found: T[] = [];
    for (const name of await queueNames(any)) {
      const queue = open(name);
      try {
        found.push(await visit(queue));
      } finally {
        await queue.close();
      }
    }
    return found;
  } catch (error) {
    throw shownError(error, address);
  } finally {
    await any.close();
  }
}

const shownWorker = (inQueue: string | undefined): string | null =>
  inQueue === undefined ? null : onOneLine(nameOfWorker(inQueue));

async function deadLetters(queue: JobsQueue): Promise<DeadLetter[]> {
  const failed = await queue.getFailed(0, 9_999);
  return failed
    .filter(({ failedReason }) => !failedReason.startsWith(CANCELLED))
    .map((job) => ({
      id: job.id!,
      job: onOneLine(job.name),
      reason: reasonOf(job),
      attempts: job.attemptsStarted,
      worker: shownWorker(job.data.fault?.worker ?? job.processedBy),
    }));
}

/** State of every queue of a server; queues of nothing are left out. */
export async function listQueues(address: QueueAddress): Promise<QueueState[]> {
  const states = await visitQueues(address, async (queue): Promise<QueueState> => {
    const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'completed');
    const active = await queue.getActive(0, 999);
    return {
      queue: queue.name,
      workers: await queue.getWorkersCount(),
      waiting: (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0),
      delayed: counts['delayed'] ?? 0,
      running: active.map((job) => ({ job: onOneLine(job.name), worker: shownWorker(job.processedBy) })),
      done: counts['completed'] ?? 0,
      dead: await deadLetters(queue),
    };
  });
  return states.filter(
    ({ workers, waiting, delayed, running, done, dead }) =>
      workers + waiting + delayed + running.length + done + dead.length > 0,
  );
}

/**
 * Queues dead letters again.
 *
 * @param id of one of them, or null for all
 * @returns how many
 */
export async function retryDead(address: QueueAddress, id: string | null): Promise<number> {
  const retried = await visitQueues(address, async (queue) => {
    let count = 0;
    for (const letter of await deadLetters(queue)) {
      if (id !== null && letter.id !== id) continue;
      await forgetClaims(queue, letter.id);
      const job = await queue.getJob(letter.id);
      await job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      count++;
    }
    return count;
  });
  return retried.reduce((sum, count) => sum + count, 0);
}
