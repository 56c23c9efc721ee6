import type { Queue } from 'bullmq';

/** A cancelled job that no worker has by then is forgotten with its mark. */
const KEPT_SECONDS = 86_400;

const markOf = (queue: Queue, jobId: string): string => queue.toKey(`cancelled:${jobId}`);

/** Asks whoever runs a job to stop at its next round or metric. */
export async function cancel(queue: Queue, jobId: string): Promise<void> {
  const client = await queue.getBackend().client;
  await client.set(markOf(queue, jobId), '1', { EX: KEPT_SECONDS });
}

/** Takes the wish back: the job is wanted again. */
export async function uncancel(queue: Queue, jobId: string): Promise<void> {
  const client = await queue.getBackend().client;
  await client.del(markOf(queue, jobId));
}

export async function isCancelled(queue: Queue, jobId: string): Promise<boolean> {
  const client = await queue.getBackend().client;
  return (await client.get(markOf(queue, jobId))) !== null;
}
