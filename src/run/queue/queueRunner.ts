import { Queue, QueueEvents } from 'bullmq';
import type { JobOutcome, JobRunner, JobTask } from '../jobRunner.js';
import { limited } from '../limited.js';
import type { JobEvent, Versions } from '../plan.js';
import type { ProductStore } from '../productStore.js';
import { cancel, uncancel } from './cancellation.js';
import { pause, withinSeconds } from './patience.js';
import { failedOutcome, stateOf } from './jobState.js';
import type { QueueAddress } from './queueAddress.js';
import { connectionTo, QUEUE_PREFIX, requireReachable, shownError } from './queueConnection.js';
import {
  CANCELLED,
  jobIdOf,
  optionsOf,
  queueNameOf,
  titleOf,
  type QueuedEvents,
  type QueuedResult,
  type QueuedTask,
} from './queuedJob.js';

export interface QueueRunnerOptions {
  readonly address: QueueAddress;
  readonly store: ProductStore;
  readonly versions: Versions;
  /** 1 (first) to 9. */
  readonly priority: number;
  /** For notes to the user, never with credentials. */
  note(text: string): void;
}

/** A job that this run waits for. */
interface Waiting {
  readonly task: JobTask;
  readonly onStart: (worker?: string) => void;
  readonly onEvent: (event: JobEvent) => void;
  readonly settle: (outcome: JobOutcome) => void;
  /** Worker that told of it last; null before any did. */
  worker: string | null;
  /** Scores told so far; another worker tells them again from the first. */
  scored: number;
  /** How often its product was not in the store when the queue called it made. */
  missing: number;
}

/** Looking up a job costs Redis a tenth of a millisecond; the check takes at most a hundredth of its time. */
const CHECK_MILLISECONDS = 15_000;
const CHECK_MILLISECONDS_A_JOB = 10;
const NO_WORKER_MILLISECONDS = 20_000;
const LOOK_AGAIN_MILLISECONDS = [0, 500, 2_000, 5_000];
const MOST_MISSING = 3;
/** Store and queue are asked about so many jobs at once. */
const AT_ONCE = 16;

/**
 * Fills a queue and waits for its workers. The graph stays in the run: it queues a job when what the job needs is in the store.
 * What the queue tells is only a hint to look into the store, and jobs whose end was missed (Redis was away, the stream of events was
 * cut) are looked up now and then, so that nothing waits for a message that was lost.
 */
export class QueueRunner implements JobRunner {
  private readonly waiting = new Map<string, Waiting>();
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
    events.on('progress', ({ jobId, data }) => this.progressed(jobId, data as QueuedEvents));
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
    await queue.waitUntilReady();
    // Events are read from a place in the stream that is known before any job is queued.
    const client = await queue.getBackend().client;
    const begin = await client.xadd(queue.toKey('events'), '*', { event: 'run-started' });
    const events = new QueueEvents(name, { ...shared, lastEventId: begin });
    await events.waitUntilReady();
    return new QueueRunner(options, queue, events);
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
    if (kept !== undefined) {
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
      this.waiting.set(id, { task, onStart, onEvent, settle, worker: null, scored: 0, missing: 0 });
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
    await withinSeconds(5, Promise.all([this.events.close(), this.queue.close()]));
    await withinSeconds(5, Promise.allSettled([this.events.disconnect(), this.queue.disconnect()]));
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

  private progressed(id: string, { worker, started, events }: QueuedEvents): void {
    const entry = this.waiting.get(id);
    if (entry === undefined) return;
    if (entry.worker === null) entry.onStart(worker);
    else if (started || entry.worker !== worker) {
      entry.onEvent({
        kind: 'warning',
        message: `begun again by worker ${worker}, after ${entry.worker} had it`,
      });
    }
    entry.worker = worker;
    for (const event of events) {
      if (event.kind === 'metric' && event.done <= entry.scored) continue;
      if (event.kind === 'metric') entry.scored = event.done;
      entry.onEvent(event);
    }
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
    const found = await stateOf(this.queue, id);
    if (found.state === 'pending') return;
    if (found.state === 'failed' && !found.job.failedReason.startsWith(CANCELLED)) {
      entry.settle(failedOutcome(found.job));
      return;
    }
    const product = await this.product(entry.task.key, found.state === 'completed');
    if (product !== undefined) {
      const result = found.state === 'completed' ? found.job.returnvalue : null;
      if (entry.worker === null) entry.onStart(result?.worker);
      entry.settle({
        state: 'done',
        ...product,
        reused: result?.reused ?? false,
        cpuSeconds: result?.cpuSeconds ?? null,
        peakMegabytes: result?.peakMegabytes ?? 0,
        ...(result === null ? {} : { worker: result.worker }),
      });
      return;
    }
    if (found.state === 'completed' && ++entry.missing > MOST_MISSING) {
      entry.settle({
        state: 'failed',
        reason: `store: worker ${found.job.returnvalue.worker} made the product ${entry.missing} times, and each time it was not to be found in ${this.options.store.location}`,
        input: false,
        transient: true,
        stack: '',
      });
      return;
    }
    // Cancelled by another run, removed by hand, or Redis lost it.
    await this.enqueue(id);
  }

  /** A shared folder may show what another machine wrote some seconds later. */
  private async product(key: string, expected: boolean): ReturnType<ProductStore['find']> {
    for (const milliseconds of expected ? LOOK_AGAIN_MILLISECONDS : [0]) {
      if (milliseconds > 0) await pause(milliseconds);
      const product = await this.options.store.find(key);
      if (product !== undefined) return product;
    }
    return undefined;
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
