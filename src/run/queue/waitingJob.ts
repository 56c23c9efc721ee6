import type { JobOutcome, JobTask } from '../jobRunner.js';
import type { JobEvent } from '../plan.js';
import type { QueuedEvents } from './queuedJob.js';

/** A job that a run waits for: what its workers tell of it reaches the run once and in order, whoever tells it. */
export class WaitingJob {
  /** How often its product was not in the store when the queue called it made. */
  missing = 0;
  /** Worker that told of it last; null before any did. */
  private worker: string | null = null;
  /** Scores told so far; another worker tells them again from the first. */
  private scored = 0;

  constructor(
    readonly task: JobTask,
    private readonly onStart: (worker?: string) => void,
    private readonly onEvent: (event: JobEvent) => void,
    readonly settle: (outcome: JobOutcome) => void,
  ) {}

  progressed({ worker, started, events }: QueuedEvents): void {
    if (this.worker === null) this.onStart(worker);
    else if (started || this.worker !== worker) {
      this.onEvent({
        kind: 'warning',
        message: `begun again by worker ${worker}, after ${this.worker} had it`,
      });
    }
    this.worker = worker;
    for (const event of events) {
      if (event.kind === 'metric' && event.done <= this.scored) continue;
      if (event.kind === 'metric') this.scored = event.done;
      this.onEvent(event);
    }
  }

  /** It has ended, though no worker's message of its start came through. */
  startedUnseen(worker: string | undefined): void {
    if (this.worker === null) this.onStart(worker);
  }
}
