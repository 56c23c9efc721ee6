import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Job, JobEvent } from './plan.js';

/** What a worker gets: the job, where finished products are, and a port for events. */
export interface WorkerTask {
  readonly job: Job;
  readonly key: string;
  readonly storeRoot: string;
  /** Folders of the products that this job needs. */
  readonly needs: Readonly<Record<string, string>>;
}

/** How a job ended. Errors cross threads as plain data. */
export type JobOutcome =
  | {
      readonly state: 'done';
      readonly folder: string;
      readonly reused: boolean;
      readonly seconds: number;
      readonly peakMegabytes: number;
    }
  | { readonly state: 'failed'; readonly reason: string; readonly input: boolean; readonly stack: string };

/** Worker threads, one onnxruntime thread each; results do not depend on their number. */
export class WorkerPool {
  private readonly pool: Piscina;

  constructor(workers: number) {
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
    let started = false;
    const receive = (message: JobEvent | 'started'): void => {
      if (message !== 'started') onEvent(message);
      else if (!started) {
        started = true;
        onStart();
      }
    };
    port1.on('message', receive);
    try {
      return (await this.pool.run({ ...task, port: port2 }, { transferList: [port2] })) as JobOutcome;
    } finally {
      port1.close();
    }
  }

  /** Stops all workers at once; what they had finished stays in the store. */
  async stop(): Promise<void> {
    await this.pool.destroy();
  }
}
