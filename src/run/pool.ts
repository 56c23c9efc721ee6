import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { JobOutcome } from './jobRunner.js';
import type { Job, JobEvent } from './plan.js';
import { isAttemptMessage, type AttemptMessage, type KnownResults } from './reportedAttempt.js';
import { SpareWorkers, type HospitalWorkers } from './spareWorkers.js';
import { withTimeLimit, type AttemptTerms } from './timeLimit.js';

/** What a worker gets: the job, where finished products are, and a port for events. */
export interface WorkerTask {
  readonly job: Job;
  readonly key: string;
  readonly store: string;
  /** Folders of the products that this job needs. */
  readonly needs: Readonly<Record<string, string>>;
}

/** As a worker receives it: with its end of the event channel and the flag that asks it to stop. */
export interface ReceivedTask extends WorkerTask {
  readonly port: MessagePort;
  /** One Int32; not 0 = stop at the next round or metric. */
  readonly stop: SharedArrayBuffer;
  readonly hospitalWorkers: HospitalWorkers;
  /** The run's `SpareWorkers`. */
  readonly spare: SharedArrayBuffer;
  /** Results that earlier attempts at a scoring have found. */
  readonly known: KnownResults;
  /** For `tellNativeCalls`; null where the job has no time limit. */
  readonly native: SharedArrayBuffer | null;
}

/** Worker threads, one onnxruntime thread each; results do not depend on their number. */
export class WorkerPool {
  private readonly pool: Piscina;
  private readonly stopFlags = new Set<Int32Array<SharedArrayBuffer>>();
  private interrupted = false;
  private readonly spare = new SpareWorkers(new SharedArrayBuffer(4));

  constructor(
    workers: number,
    private readonly hospitalWorkers: HospitalWorkers,
  ) {
    this.spare.add(workers);
    this.pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: workers,
      idleTimeout: 60_000,
      concurrentTasksPerWorker: 1,
    });
  }

  /**
   * Runs a job to its end; a metric that exceeds its time limit is stopped and the scoring goes on without it.
   *
   * @param signal stops this job alone, at its next round or metric
   */
  async run(
    task: WorkerTask,
    onStart: () => void,
    onEvent: (event: JobEvent) => void,
    signal?: AbortSignal,
  ): Promise<JobOutcome> {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const stop = (): void => void Atomics.store(flag, 0, 1);
    if (this.interrupted || signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.stopFlags.add(flag);
    try {
      return await this.untilDone(task, flag.buffer, onStart, onEvent);
    } finally {
      this.stopFlags.delete(flag);
      signal?.removeEventListener('abort', stop);
    }
  }

  private async untilDone(
    task: WorkerTask,
    stop: SharedArrayBuffer,
    onStart: () => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome> {
    if (task.job.kind === 'train') return this.attempt(task, stop, null, onStart, onEvent);
    let [started, scored] = [false, 0];
    return withTimeLimit(task.job.scoring.metricTimeout, (terms) =>
      this.attempt(
        task,
        stop,
        terms,
        () => {
          if (!started) onStart();
          started = true;
        },
        (event) => {
          // A further attempt tells again what an earlier one has told.
          if (event.kind === 'metric' && event.done <= scored) return;
          if (event.kind === 'metric') scored = event.done;
          onEvent(event);
        },
      ),
    );
  }

  private async attempt(
    task: WorkerTask,
    stop: SharedArrayBuffer,
    terms: AttemptTerms | null,
    onStart: () => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome> {
    const { port1, port2 } = new MessageChannel();
    // The outcome comes over another channel than the events and may overtake them.
    const delivered = new Promise<void>((resolve) => {
      port1.on('message', (message: JobEvent | AttemptMessage | 'started' | 'ended') => {
        if (message === 'started') onStart();
        else if (message === 'ended') resolve();
        else if (isAttemptMessage(message)) terms?.heed(message);
        else onEvent(message);
      });
    });
    this.spare.add(-1);
    try {
      const sent: ReceivedTask = {
        ...task,
        port: port2,
        stop,
        hospitalWorkers: this.hospitalWorkers,
        spare: this.spare.shared,
        known: terms?.known ?? {},
        native: terms?.native ?? null,
      };
      const outcome = (await this.pool.run(sent, {
        transferList: [port2],
        ...(terms === null ? {} : { signal: terms.signal }),
      })) as JobOutcome;
      await delivered;
      return outcome;
    } finally {
      this.spare.add(1);
      port1.close();
    }
  }

  /**
   * Asks all workers to stop at their next round or metric, and jobs that wait not to start. A thread must not be ended in
   * the middle of a native call: that would take the whole process down.
   */
  interrupt(): void {
    this.interrupted = true;
    for (const flag of this.stopFlags) Atomics.store(flag, 0, 1);
  }

  /** Ends the workers; none of them has work. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
