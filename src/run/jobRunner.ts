import type { Job, JobEvent } from './plan.js';

/** A job as whatever runs it gets it: plain data, the same on every machine. */
export interface JobTask {
  readonly job: Job;
  /** Content key of the product. */
  readonly key: string;
  /** Content keys of the products that this job needs, by what they are to it. */
  readonly needs: Readonly<Record<string, string>>;
}

/** How a job ended. Errors cross threads and machines as plain data. */
export type JobOutcome =
  | {
      readonly state: 'done';
      readonly folder: string;
      readonly reused: boolean;
      /** What making the product took, also where it was made by an earlier run. */
      readonly seconds: number;
      readonly peakMegabytes: number;
      /** Processor time of the job's thread; null or left out where nobody measured it. */
      readonly cpuSeconds?: number | null;
      /** Which worker of a queue made it; left out by the local pool. */
      readonly worker?: string;
    }
  | {
      readonly state: 'failed';
      readonly reason: string;
      readonly input: boolean;
      /** Whether another try may succeed: the machine or the store failed, not the computation, which has fixed seeds. */
      readonly transient: boolean;
      readonly stack: string;
    }
  | { readonly state: 'interrupted' };

/** Where the jobs of a plan are run; which one it is decides no byte of any product. */
export interface JobRunner {
  /**
   * Runs a job to its end, or takes its product from the store. Never rejects for a fault of the job.
   *
   * @param onStart called once, before the first event; with the worker's name where a queue has several
   */
  run(
    task: JobTask,
    onStart: (worker?: string) => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome>;
  /** Asks running jobs to stop at their next round or metric, and waiting ones not to start. */
  interrupt(): void;
  /** Lets go of threads and connections. */
  close(): Promise<void>;
}
