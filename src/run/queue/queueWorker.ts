import { randomBytes } from 'node:crypto';
import { Queue, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { failed, type FailedOutcome } from '../failedOutcome.js';
import { productVersions } from '../manifest.js';
import { onOneLine } from '../../cohort/inputError.js';
import type { WorkerPool } from '../pool.js';
import type { ProductStore } from '../productStore.js';
import { isCancelled } from './cancellation.js';
import { EventBatches } from './eventBatches.js';
import { executeQueued, type Workshop } from './executeQueued.js';
import { forgetClaims, JobClaims, nameInQueue } from './jobClaims.js';
import type { WorkerPermissions } from './permissions.js';
import type { QueueAddress } from './queueAddress.js';
import { connectionTo, letGo, QUEUE_PREFIX, requireReachable, shownError } from './queueConnection.js';
import { CANCELLED, queueNameOf, type QueuedResult, type QueuedTask } from './queuedJob.js';

export interface QueueWorkerOptions {
  readonly address: QueueAddress;
  readonly store: ProductStore;
  /** In the event file and in listings; different for every worker of a queue. */
  readonly name: string;
  /** What makes the products; ended with the worker. */
  readonly pool: Pick<WorkerPool, 'run' | 'interrupt' | 'close'>;
  readonly permissions: WorkerPermissions;
  /** Jobs at once, a thread of the pool each. */
  readonly concurrency: number;
  /** Seconds without a sign of life after which a job is taken from its worker. */
  readonly lostAfter: number;
  /** Ends the worker when it had nothing to do for so many seconds; null = never. */
  readonly idleExit: number | null;
  /** Stops the worker: its jobs stop at their next round or metric and go back into the queue. */
  readonly signal: AbortSignal;
  /** For notes to the user, never with credentials. */
  note(text: string): void;
}

export interface WorkerTally {
  readonly done: number;
  readonly reused: number;
  readonly failed: number;
  /** Given back because the worker was stopped, or stopped because the run was cancelled. */
  readonly stopped: number;
}

/** So many workers that were lost while they had a job make it count as what kills them. */
const MOST_LOSSES = 3;
/** A job that is taken so often from workers that are alive has no worker that can keep it. */
const MOST_TAKEN_AWAY = 50;
const CANCEL_POLL_MILLISECONDS = 1_000;

type QueuedJob = Job<QueuedTask, QueuedResult>;

/** Drains a queue until it is stopped. */
export class QueueWorker {
  private readonly tally = { done: 0, reused: 0, failed: 0, stopped: 0 };
  /** What stops each job that runs. */
  private readonly running = new Map<string, AbortController>();
  private idleSince = Date.now();
  private lastNote = '';

  private constructor(
    private readonly options: QueueWorkerOptions,
    private readonly workshop: Workshop,
    private readonly queue: Queue<QueuedTask, QueuedResult>,
    private readonly claims: JobClaims,
  ) {
    queue.on('error', (error) => this.noteOnce(shownError(error, options.address).message));
  }

  /**
   * @returns what the worker did, after the signal or the idle time
   * @throws InputError when no queue answers at first; a Redis that goes away later is waited for
   */
  static async drain(options: QueueWorkerOptions): Promise<WorkerTally> {
    const { store, pool } = options;
    try {
      await store.requireReachable();
      await requireReachable(options.address, 60);
      const versions = productVersions();
      const name = queueNameOf(await store.identity(), versions);
      await store.sweep({ own: false });
      const queue = new Queue<QueuedTask, QueuedResult>(name, {
        connection: connectionTo(options.address),
        prefix: QUEUE_PREFIX,
      });
      try {
        await queue.waitUntilReady();
        const workshop = { store, versions, permissions: options.permissions, pool };
        const instance = randomBytes(6).toString('hex');
        const self = new QueueWorker(options, workshop, queue, new JobClaims(queue, instance));
        await self.work(instance);
        return self.tally;
      } finally {
        await letGo([queue]);
      }
    } finally {
      await pool.close();
      await store.sweep({ own: true });
    }
  }

  /** Takes jobs until the signal or the idle time; all of them have ended then. */
  private async work(instance: string): Promise<void> {
    const { address, store, pool, concurrency, lostAfter } = this.options;
    const milliseconds = Math.ceil(lostAfter * 1000);
    const worker = new Worker<QueuedTask, QueuedResult>(
      this.queue.name,
      (job, token) => this.process(job, token),
      {
        connection: connectionTo(address),
        prefix: QUEUE_PREFIX,
        name: nameInQueue(this.options.name, instance),
        concurrency,
        lockDuration: milliseconds,
        stalledInterval: milliseconds,
        maxStalledCount: MOST_TAKEN_AWAY,
        drainDelay: 5,
      },
    );
    worker.on('error', (error) => this.noteOnce(shownError(error, address).message));
    // Somebody else has the job by now.
    worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => this.running.get(id)?.abort()));
    this.options.note(`worker ${this.options.name}: waits for jobs of ${store.location} at ${address.shown}`);
    await this.ended();
    pool.interrupt();
    await worker.close();
  }

  private ended(): Promise<void> {
    const { signal, idleExit } = this.options;
    return new Promise((resolve) => {
      const end = (): void => {
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(() => {
        const idle = this.running.size === 0 ? (Date.now() - this.idleSince) / 1000 : 0;
        if (idleExit !== null && idle >= idleExit) end();
      }, 200);
      if (signal.aborted) end();
      signal.addEventListener('abort', end, { once: true });
    });
  }

  /** BullMQ calls it with every job that it takes, and reads from what is thrown where the job goes. */
  private async process(job: QueuedJob, token = ''): Promise<QueuedResult> {
    const id = job.id!;
    const stop = new AbortController();
    // An attempt of our own that lost its lock while this process starved.
    this.running.get(id)?.abort();
    this.running.set(id, stop);
    const wish = { cancelled: false };
    const ask = async (): Promise<void> => {
      if (await isCancelled(this.queue, id)) wish.cancelled = true;
      if (wish.cancelled) stop.abort();
    };
    const poll = setInterval(() => void ask().catch(() => undefined), CANCEL_POLL_MILLISECONDS);
    try {
      const lost = await this.claims.take(id, token);
      if (lost >= MOST_LOSSES) {
        await forgetClaims(this.queue, id);
        return await this.giveUp(
          job,
          failed(
            `lost: ${lost} workers were lost while they had it (killed, out of memory, or cut off from the queue)`,
            false,
          ),
        );
      }
      await ask();
      return await this.make(job, token, stop, wish);
    } finally {
      clearInterval(poll);
      if (this.running.get(id) === stop) this.running.delete(id);
      this.idleSince = Date.now();
      void this.claims.giveBack(id, token).catch(() => undefined);
    }
  }

  private async make(
    job: QueuedJob,
    token: string,
    stop: AbortController,
    wish: { readonly cancelled: boolean },
  ): Promise<QueuedResult> {
    const { name } = this.options;
    const begin = performance.now();
    const batches = new EventBatches(name, (events) => job.updateProgress(events));
    const outcome = wish.cancelled
      ? { state: 'interrupted' as const }
      : await executeQueued(job.data, this.workshop, stop.signal, batches);
    await batches.flush().catch(() => undefined);
    if (outcome.state === 'done') {
      this.tally.done++;
      if (outcome.reused) this.tally.reused++;
      await forgetClaims(this.queue, job.id!);
      this.note(job, `done in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      const { reused, seconds, cpuSeconds = null, peakMegabytes } = outcome;
      return { reused, seconds, cpuSeconds, peakMegabytes, worker: name };
    }
    if (outcome.state === 'failed') return this.giveUp(job, outcome);
    this.tally.stopped++;
    if (wish.cancelled) throw new UnrecoverableError(`${CANCELLED}the run that wanted it was stopped`);
    if (stop.signal.aborted) throw new Error('the job was given to another worker meanwhile');
    await job.moveToWait(token);
    this.note(job, 'given back');
    throw new WaitingError();
  }

  /** Another try where that may help, else a dead letter. */
  private async giveUp(job: QueuedJob, outcome: FailedOutcome): Promise<never> {
    const { name } = this.options;
    this.tally.failed++;
    const { input, stack, transient } = outcome;
    const reason = this.options.address.redact(outcome.reason);
    await job.updateData({ ...job.data, fault: { input, stack: input ? '' : stack, worker: name } });
    this.note(job, `failed: ${reason}`);
    throw transient ? new Error(reason) : new UnrecoverableError(reason);
  }

  /** The job's name comes from the queue. */
  private note(job: QueuedJob, text: string): void {
    this.options.note(onOneLine(`${job.name}: ${text}`));
  }

  private noteOnce(text: string): void {
    if (text === this.lastNote) return;
    this.lastNote = text;
    this.options.note(text);
  }
}
