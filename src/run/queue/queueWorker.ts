import { Queue, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import type { JobOutcome } from '../jobRunner.js';
import { productVersions } from '../manifest.js';
import { neededFolders } from '../neededFolders.js';
import { keyOf, type Versions } from '../plan.js';
import type { WorkerPool } from '../pool.js';
import type { ProductStore } from '../productStore.js';
import { isCancelled } from './cancellation.js';
import { EventBatches } from './eventBatches.js';
import type { QueueAddress } from './queueAddress.js';
import { connectionTo, QUEUE_PREFIX, requireReachable, shownError } from './queueConnection.js';
import { CANCELLED, queueNameOf, titleOf, type QueuedResult, type QueuedTask } from './queuedJob.js';
import { dataDifference } from './sameData.js';

export interface QueueWorkerOptions {
  readonly address: QueueAddress;
  readonly store: ProductStore;
  /** In the event file and in listings; different for every worker of a queue. */
  readonly name: string;
  /** What makes the products; ended with the worker. */
  readonly pool: Pick<WorkerPool, 'run' | 'interrupt' | 'close'>;
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

/** A worker may be lost so often before the job counts as what kills it. */
const MOST_LOSSES = 3;
const CANCEL_POLL_MILLISECONDS = 1_000;

type FailedOutcome = Extract<JobOutcome, { state: 'failed' }>;
type QueuedJob = Job<QueuedTask, QueuedResult>;

const failed = (reason: string, transient: boolean): FailedOutcome => ({
  state: 'failed',
  reason,
  input: false,
  transient,
  stack: '',
});

/** Drains a queue until it is stopped. */
export class QueueWorker {
  private readonly tally = { done: 0, reused: 0, failed: 0, stopped: 0 };
  /** What stops each job that runs. */
  private readonly running = new Map<string, AbortController>();
  private idleSince = Date.now();
  private lastNote = '';

  private constructor(
    private readonly options: QueueWorkerOptions,
    private readonly versions: Versions,
    private readonly queue: Queue<QueuedTask, QueuedResult>,
  ) {
    queue.on('error', (error) => this.noteOnce(shownError(error, options.address).message));
  }

  /**
   * @returns what the worker did, after the signal or the idle time
   * @throws InputError when no queue answers at first; a Redis that goes away later is waited for
   */
  static async drain(options: QueueWorkerOptions): Promise<WorkerTally> {
    const { address, store, concurrency, pool } = options;
    await store.requireReachable();
    await requireReachable(address, 60);
    const versions = productVersions();
    const name = queueNameOf(await store.identity(), versions);
    await store.sweep({ own: false });
    const connection = connectionTo(address);
    const queue = new Queue<QueuedTask, QueuedResult>(name, { connection, prefix: QUEUE_PREFIX });
    await queue.waitUntilReady();
    const self = new QueueWorker(options, versions, queue);
    const milliseconds = Math.ceil(options.lostAfter * 1000);
    const worker = new Worker<QueuedTask, QueuedResult>(name, (job, token) => self.process(job, token), {
      connection,
      prefix: QUEUE_PREFIX,
      name: options.name,
      concurrency,
      lockDuration: milliseconds,
      stalledInterval: milliseconds,
      maxStalledCount: MOST_LOSSES,
      drainDelay: 5,
    });
    worker.on('error', (error) => self.noteOnce(shownError(error, address).message));
    // Somebody else has the job by now.
    worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => self.running.get(id)?.abort()));
    options.note(`worker ${options.name}: waits for jobs of ${store.location} at ${address.shown}`);
    await self.ended();
    pool.interrupt();
    await worker.close();
    await pool.close();
    await queue.close();
    await store.sweep({ own: true });
    return self.tally;
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
  private async process(job: QueuedJob, token: string | undefined): Promise<QueuedResult> {
    const { name } = this.options;
    const id = job.id!;
    const stop = new AbortController();
    this.running.set(id, stop);
    const wish = { cancelled: false };
    const ask = async (): Promise<void> => {
      if (await isCancelled(this.queue, id)) wish.cancelled = true;
      if (wish.cancelled) stop.abort();
    };
    const poll = setInterval(() => void ask().catch(() => undefined), CANCEL_POLL_MILLISECONDS);
    const begin = performance.now();
    const batches = new EventBatches(name, (events) => job.updateProgress(events));
    try {
      await ask();
      const outcome = wish.cancelled
        ? { state: 'interrupted' as const }
        : await this.outcome(job, stop, batches);
      await batches.flush().catch(() => undefined);
      if (outcome.state === 'done') {
        this.tally.done++;
        if (outcome.reused) this.tally.reused++;
        this.options.note(
          `${titleOf(job.data)}: done in ${((performance.now() - begin) / 1000).toFixed(1)} s`,
        );
        const { reused, seconds, cpuSeconds = null, peakMegabytes } = outcome;
        return { reused, seconds, cpuSeconds, peakMegabytes, worker: name };
      }
      if (outcome.state === 'failed') return await this.giveUp(job, outcome);
      this.tally.stopped++;
      if (wish.cancelled) throw new UnrecoverableError(`${CANCELLED}the run that wanted it was stopped`);
      if (stop.signal.aborted) throw new Error('the job was given to another worker meanwhile');
      await job.moveToWait(token);
      this.options.note(`${titleOf(job.data)}: given back`);
      throw new WaitingError();
    } finally {
      clearInterval(poll);
      this.running.delete(id);
      this.idleSince = Date.now();
    }
  }

  private async outcome(job: QueuedJob, stop: AbortController, batches: EventBatches): Promise<JobOutcome> {
    const { store } = this.options;
    const { job: wanted, key, needs } = job.data;
    // What came through Redis is only worth what its key says.
    if (keyOf(wanted, this.versions) !== key)
      return failed('key: the job in the queue is not the one that its content key names', false);
    try {
      const kept = await store.find(key);
      if (kept !== undefined) return { state: 'done', ...kept, reused: true, peakMegabytes: 0 };
      const differs = await dataDifference(wanted.kind === 'score' ? wanted.train.dataset : wanted.dataset);
      if (differs !== null) return failed(differs, true);
      const found = await neededFolders(needs, store);
      if ('state' in found) return found;
      return await this.options.pool.run(
        { job: wanted, key, store: store.location, needs: found.folders },
        () => batches.start(),
        (event) => batches.add(event),
        stop.signal,
      );
    } catch (error) {
      // A thread that died, or a store that does not answer.
      return failed(`machine: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  /** Another try where that may help, else a dead letter. */
  private async giveUp(job: QueuedJob, outcome: FailedOutcome): Promise<never> {
    const { name } = this.options;
    this.tally.failed++;
    const { input, stack, transient } = outcome;
    const reason = this.options.address.redact(outcome.reason);
    await job.updateData({ ...job.data, fault: { input, stack: input ? '' : stack, worker: name } });
    this.options.note(`${titleOf(job.data)}: failed: ${reason}`);
    throw transient ? new Error(reason) : new UnrecoverableError(reason);
  }

  private noteOnce(text: string): void {
    if (text === this.lastNote) return;
    this.lastNote = text;
    this.options.note(text);
  }
}
