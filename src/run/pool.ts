import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Job, JobEvent } from './plan.js';
import { isAttemptMessage, type AttemptMessage, type KnownResults } from './reportedAttempt.js';
import { SpareWorkers, type HospitalWorkers } from './spareWorkers.js';
import { withTimeLimit, type AttemptTerms } from './timeLimit.js';

/** What a worker gets: the job, where finished products are, and a port for events. */
export interface WorkerTask {
  readonly job: Job;
  readonly key: string;
  readonly storeRoot: string;
  /** Folders of the products that this job needs. */
  readonly needs: Readonly<Record<string, string>>;
}

/** As a worker receives it: with its end of the event channel and the flag that asks it to stop. */
export interface ReceivedTask extends WorkerTask {
  readonly port: MessagePort;
  /** One Int32, shared by all threads; not 0 = stop at the next round or metric. */
  readonly stop: SharedArrayBuffer;
  readonly hospitalWorkers: HospitalWorkers;
  /** The run's `SpareWorkers`. */
  readonly spare: SharedArrayBuffer;
  /** Results that earlier attempts at a scoring have found. */
  readonly known: KnownResults;
  /** For `tellNativeCalls`; null where the job has no time limit. */
  readonly native: SharedArrayBuffer | null;
}

/** How a job ended. Errors cross threads as plain data. */
export type JobOutcome =
  | {
      readonly state: 'done';
      readonly folder: string;
      readonly reused: boolean;
      /** What making the product took, also where it was made by an earlier run. */
      readonly seconds: number;
      readonly peakMegabytes: number;
    }
  | { readonly state: 'failed'; readonly reason: string; readonly input: boolean; readonly stack: string }
  | { readonly state: 'interrupted' };

/** Worker threads, one onnxruntime thread each; results do not depend on their number. */
export class WorkerPool {
  private readonly pool: Piscina;
  private readonly stopFlag = new SharedArrayBuffer(4);
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

  /** Runs a job to its end; a metric that exceeds its time limit is stopped and the scoring goes on without it. */
  async run(task: WorkerTask, onStart: () => void, onEvent: (event: JobEvent) => void): Promise<JobOutcome> {
    if (task.job.kind === 'train') return this.attempt(task, null, onStart, onEvent);
    let [started, scored] = [false, 0];
    return withTimeLimit(task.job.scoring.metricTimeout, (terms) =>
      this.attempt(
        task,
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
        stop: this.stopFlag,
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
    Atomics.store(new Int32Array(this.stopFlag), 0, 1);
  }

  /** Ends the workers; none of them has work. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
