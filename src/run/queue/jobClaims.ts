import type { Queue } from 'bullmq';
import type { QueuedResult, QueuedTask } from './queuedJob.js';

type JobsQueue = Queue<QueuedTask, QueuedResult>;

/** Forgotten with a job that nobody wants any more. */
const KEPT_MILLISECONDS = 7 * 86_400_000;

/** Ends the name under which a worker's connection and its jobs are known; no name holds it otherwise. */
const SEPARATOR = '~';

/** A worker's name in Redis: its own, and what tells it from an earlier process of the same name. */
export const nameInQueue = (name: string, instance: string): string => `${name}${SEPARATOR}${instance}`;

/** A worker's name as people gave it. */
export const nameOfWorker = (inQueue: string): string => inQueue.split(SEPARATOR)[0]!;

const claimsOf = (queue: JobsQueue, jobId: string): string => queue.toKey(`claims:${jobId}`);

const TAKE = 'takeJobClaim';
/** Whose claims there are, and one more. */
const TAKE_LUA = `
local instances = redis.call('HVALS', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return instances
`;

/** Worker processes that are connected now. A process that starves or is frozen keeps its connection, one that died does not. */
async function connected(queue: JobsQueue): Promise<Set<string>> {
  const workers = (await queue.getWorkers()) as { readonly rawname?: string }[];
  return new Set(workers.flatMap(({ rawname = '' }) => rawname.split(SEPARATOR)[1] ?? []));
}

/**
 * Which worker processes have begun a job and not come back from it. BullMQ's own counter of stalled jobs also counts workers that are
 * alive and were too busy to renew their lock in time; here a process counts as lost only while it neither is connected nor has
 * given its claim back, however late.
 */
export class JobClaims {
  /** @param instance differs between all processes that ever worked on a queue */
  constructor(
    private readonly queue: JobsQueue,
    private readonly instance: string,
  ) {}

  /**
   * Notes that this process begins a job.
   *
   * @param token of this one attempt
   * @returns how many other processes were lost while they had it
   */
  async take(jobId: string, token: string): Promise<number> {
    const client = await this.queue.getBackend().client;
    client.defineCommand(TAKE, { numberOfKeys: 1, lua: TAKE_LUA });
    const earlier = (await client.runCommand(TAKE, [
      claimsOf(this.queue, jobId),
      token,
      this.instance,
      KEPT_MILLISECONDS,
    ])) as string[];
    const others = new Set(earlier.filter((instance) => instance !== this.instance));
    if (others.size === 0) return 0;
    const alive = await connected(this.queue);
    return [...others].filter((instance) => !alive.has(instance)).length;
  }

  /** This process is alive after an attempt at the job, whatever came of it. */
  async giveBack(jobId: string, token: string): Promise<void> {
    const client = await this.queue.getBackend().client;
    await client.hdel(claimsOf(this.queue, jobId), token);
  }
}

/** No process is said to have been lost with a job any more: it has ended, or is to be tried with a clean slate. */
export async function forgetClaims(queue: JobsQueue, jobId: string): Promise<void> {
  const client = await queue.getBackend().client;
  await client.del(claimsOf(queue, jobId));
}
