import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Job, JobEvent } from './plan.js';
import { SpareWorkers, type HospitalWorkers } from './spareWorkers.js';

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

  async run(task: WorkerTask, onStart: () => void, onEvent: (event: JobEvent) => void): Promise<JobOutcome> {
    const { port1, port2 } = new MessageChannel();
    // The outcome comes over another channel than the events and may overtake them.
    const delivered = new Promise<void>((resolve) => {
      port1.on('message', (message: JobEvent | 'started' | 'ended') => {
        if (message === 'started') onStart();
        else if (message === 'ended') resolve();
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
      };
      const outcome = (await this.pool.run(sent, { transferList: [port2] })) as JobOutcome;
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
