import { Queue, QueueEvents } from 'bullmq';
import type { JobOutcome, JobRunner, JobTask } from '../jobRunner.js';
import { limited } from '../limited.js';
import type { JobEvent, Versions } from '../plan.js';
import type { ProductStore } from '../productStore.js';
import { cancel, uncancel } from './cancellation.js';
import { jobEnd } from './jobEnd.js';
import { withinSeconds } from './patience.js';
import type { QueueAddress } from './queueAddress.js';
import { connectionTo, letGo, QUEUE_PREFIX, requireReachable, shownError } from './queueConnection.js';
import {
  jobIdOf,
  optionsOf,
  queueNameOf,
  titleOf,
  type QueuedEvents,
  type QueuedResult,
  type QueuedTask,
} from './queuedJob.js';
import { WaitingJob } from './waitingJob.js';

export interface QueueRunnerOptions {
  readonly address: QueueAddress;
  readonly store: ProductStore;
  readonly versions: Versions;
  /** 1 (first) to 9. */
  readonly priority: number;
  /** For notes to the user, never with credentials. */
  note(text: string): void;
}

/** Looking up a job costs Redis a tenth of a millisecond; the check takes at most a hundredth of its time. */
const CHECK_MILLISECONDS = 15_000;
const CHECK_MILLISECONDS_A_JOB = 10;
const NO_WORKER_MILLISECONDS = 20_000;
/** Store and queue are asked about so many jobs at once. */
const AT_ONCE = 16;

/**
 * Fills a queue and waits for its workers. The graph stays in the run: it queues a job when what the job needs is in the store.
 * What the queue tells is only a hint to look into the store, and jobs whose end was missed (Redis was away, the stream of events was
 * cut) are looked up now and then, so that nothing waits for a message that was lost.
 */
export class QueueRunner implements JobRunner {
  private readonly waiting = new Map<string, WaitingJob>();
  private readonly ends = new Map<string, Promise<JobOutcome>>();
  private readonly slot = limited(AT_ONCE);
  /** Of their own, so that ends are seen while a long plan is still being queued. */
  private readonly looks = limited(AT_ONCE);
  private readonly timers: NodeJS.Timeout[] = [];
  private interrupted = false;
  private cancelling: Promise<unknown> = Promise.resolve();
  private lastNote = '';
  private lastCheck = Date.now();
  private checking = false;
  private closing = false;

  private constructor(
    private readonly options: QueueRunnerOptions,
    private readonly queue: Queue<QueuedTask, QueuedResult>,
    private readonly events: QueueEvents,
  ) {
    const heed = (error: Error): void => this.noteOnce(shownError(error, options.address).message);
    queue.on('error', heed);
    events.on('error', heed);
    events.on('progress', ({ jobId, data }) => this.waiting.get(jobId)?.progressed(data as QueuedEvents));
    for (const kind of ['completed', 'failed', 'removed'] as const)
      events.on(kind, ({ jobId }: { jobId: string }) => this.look(jobId));
    this.timers.push(
      setInterval(() => void this.lookAtAll(), 1_000),
      setInterval(() => void this.noteMissingWorkers(), NO_WORKER_MILLISECONDS),
    );
  }

  /** @throws InputError when no queue answers */
  static async open(options: QueueRunnerOptions): Promise<QueueRunner> {
    const { address, store, versions } = options;
    await requireReachable(address);
    const name = queueNameOf(await store.identity(), versions);
    const shared = { connection: connectionTo(address), prefix: QUEUE_PREFIX };
    const queue = new Queue<QueuedTask, QueuedResult>(name, {
      ...shared,
      streams: { events: { maxLen: 100_000 } },
    });
    const opened: (Queue | QueueEvents)[] = [queue];
    try {
      await queue.waitUntilReady();
      // Events are read from a place in the stream that is known before any job is queued.
      const client = await queue.getBackend().client;
      const begin = await client.xadd(queue.toKey('events'), '*', { event: 'run-started' });
      const events = new QueueEvents(name, { ...shared, lastEventId: begin });
      opened.unshift(events);
      await events.waitUntilReady();
      return new QueueRunner(options, queue, events);
    } catch (error) {
      await letGo(opened);
      throw shownError(error, address);
    }
  }

  async run(
    task: JobTask,
    onStart: (worker?: string) => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome> {
    const kept = await this.slot(() =>
      this.interrupted ? Promise.resolve(undefined) : this.options.store.find(task.key),
    );
    if (this.interrupted) return { state: 'interrupted' };
    if (kept?.complete === true) {
      onStart();
      return { state: 'done', ...kept, reused: true, peakMegabytes: 0 };
    }
    const id = jobIdOf(task.key);
    // Datasets of one content under two names give jobs of one key.
    const same = this.ends.get(id);
    if (same !== undefined) {
      onStart();
      return same;
    }
    const end = new Promise<JobOutcome>((resolve, reject) => {
      const settle = (outcome: JobOutcome): void => {
        if (this.waiting.delete(id)) resolve(outcome);
      };
      this.waiting.set(id, new WaitingJob(task, onStart, onEvent, settle));
      this.slot(() => this.enqueue(id)).catch((error: unknown) => {
        this.waiting.delete(id);
        reject(shownError(error, this.options.address));
      });
    });
    this.ends.set(id, end);
    return end;
  }

  /** Waiting jobs leave the queue; those that workers have are marked, and stop at their next round or metric. */
  interrupt(): void {
    if (this.interrupted) return;
    this.interrupted = true;
    const wanted = [...this.waiting.entries()];
    for (const [, { settle }] of wanted) settle({ state: 'interrupted' });
    this.cancelling = Promise.all(
      wanted.map(([id]) =>
        this.slot(async () => {
          // A job that somebody works on is locked and cannot be removed.
          const removed = await this.queue.remove(id).catch(() => 0);
          if (removed === 0) await cancel(this.queue, id);
        }),
      ),
    ).catch((error: unknown) => this.noteOnce(shownError(error, this.options.address).message));
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    // With Redis away, what waits stays queued; the next run takes it over.
    await withinSeconds(10, this.cancelling);
    this.closing = true;
    await letGo([this.events, this.queue]);
  }

  /** Queues a job, or joins one that is queued or running already, by whichever run. */
  private async enqueue(id: string): Promise<void> {
    const entry = this.waiting.get(id);
    if (entry === undefined || this.interrupted) return;
    await uncancel(this.queue, id);
    const state = await this.queue.getJobState(id);
    // Its product is gone, or this run is another try.
    if (state === 'completed' || state === 'failed') await this.queue.remove(id);
    await this.queue.add(titleOf(entry.task), entry.task, optionsOf(entry.task, this.options.priority));
  }

  private look(id: string): void {
    if (!this.waiting.has(id)) return;
    this.looks(() => this.lookAt(id)).catch((error: unknown) =>
      this.noteOnce(shownError(error, this.options.address).message),
    );
  }

  /** Settles a job that has ended, and queues one again that is gone from the queue without a product. */
  private async lookAt(id: string): Promise<void> {
    const entry = this.waiting.get(id);
    if (entry === undefined) return;
    const end = await jobEnd(entry, this.queue, this.options.store);
    if (end === 'gone') await this.enqueue(id);
    else if (end !== null) entry.settle(end);
  }

  private async lookAtAll(): Promise<void> {
    const due = Math.max(CHECK_MILLISECONDS, this.waiting.size * CHECK_MILLISECONDS_A_JOB);
    if (this.checking || this.interrupted || Date.now() - this.lastCheck < due) return;
    this.checking = true;
    try {
      await Promise.all([...this.waiting.keys()].map((id) => this.looks(() => this.lookAt(id))));
    } catch (error) {
      this.noteOnce(shownError(error, this.options.address).message);
    } finally {
      this.lastCheck = Date.now();
      this.checking = false;
    }
  }

  private async noteMissingWorkers(): Promise<void> {
    if (this.waiting.size === 0) return;
    const workers = await this.queue.getWorkersCount().catch(() => null);
    if (workers === 0)
      this.noteOnce(
        `queue ${this.options.address.shown}: ${this.waiting.size} jobs wait and no worker of this store and version is connected; start \`fedehr worker --queue … --store …\` with the same store`,
      );
  }

  private noteOnce(text: string): void {
    if (text === this.lastNote || this.closing) return;
    this.lastNote = text;
    this.options.note(text);
  }
}
