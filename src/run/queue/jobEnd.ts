import type { Queue } from 'bullmq';
import { failed } from '../failedOutcome.js';
import type { JobOutcome } from '../jobRunner.js';
import type { ProductStore } from '../productStore.js';
import { failedOutcome, stateOf } from './jobState.js';
import { pause } from './patience.js';
import { CANCELLED, jobIdOf, type QueuedResult, type QueuedTask } from './queuedJob.js';
import type { WaitingJob } from './waitingJob.js';

const LOOK_AGAIN_MILLISECONDS = [0, 500, 2_000, 5_000];
const MOST_MISSING = 3;

/** A shared folder may show what another machine wrote some seconds later. */
async function productIn(
  store: ProductStore,
  key: string,
  expected: boolean,
): ReturnType<ProductStore['find']> {
  for (const milliseconds of expected ? LOOK_AGAIN_MILLISECONDS : [0]) {
    if (milliseconds > 0) await pause(milliseconds);
    const product = await store.find(key);
    if (product !== undefined) return product;
  }
  return undefined;
}

/**
 * How a job that a run waits for has ended, by queue and store; the queue is only a hint to look into the store.
 *
 * @returns null while it waits or runs; `gone` when the queue has it no more and the store has no product
 */
export async function jobEnd(
  waiting: WaitingJob,
  queue: Queue<QueuedTask, QueuedResult>,
  store: ProductStore,
): Promise<JobOutcome | 'gone' | null> {
  const { key } = waiting.task;
  const found = await stateOf(queue, jobIdOf(key));
  if (found.state === 'pending') return null;
  if (found.state === 'failed' && !found.job.failedReason.startsWith(CANCELLED))
    return failedOutcome(found.job);
  const product = await productIn(store, key, found.state === 'completed');
  // An incomplete one that no worker has just made is an earlier run's.
  if (product !== undefined && (product.complete || found.state === 'completed')) {
    const result = found.state === 'completed' ? found.job.returnvalue : null;
    waiting.startedUnseen(result?.worker);
    return {
      state: 'done',
      ...product,
      reused: result?.reused ?? false,
      cpuSeconds: result?.cpuSeconds ?? null,
      peakMegabytes: result?.peakMegabytes ?? 0,
      ...(result === null ? {} : { worker: result.worker }),
    };
  }
  if (found.state === 'completed' && ++waiting.missing > MOST_MISSING)
    return failed(
      `store: worker ${found.job.returnvalue.worker} made the product ${waiting.missing} times, and each time it was not to be found in ${store.location}`,
      true,
    );
  // Cancelled by another run, removed by hand, or Redis lost it.
  return 'gone';
}
