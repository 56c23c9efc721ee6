import type { JobEvent } from '../plan.js';
import type { QueuedEvents } from './queuedJob.js';

/** Sends a job's events together, at most four messages a second, in their order. */
export class EventBatches {
  private waiting: JobEvent[] = [];
  private started = false;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly worker: string,
    private readonly send: (events: QueuedEvents) => Promise<void>,
    private readonly milliseconds = 250,
  ) {}

  start(): void {
    this.started = true;
    this.schedule(0);
  }

  add(event: JobEvent): void {
    this.waiting.push(event);
    this.schedule(this.milliseconds);
  }

  /** Resolves when everything has been sent. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.started || this.waiting.length > 0) {
      const batch: QueuedEvents = { worker: this.worker, started: this.started, events: this.waiting };
      this.waiting = [];
      this.started = false;
      this.sending = this.sending.then(() => this.send(batch));
    }
    await this.sending;
  }

  private schedule(milliseconds: number): void {
    // A message that is lost costs a line of the event file; the job's end is told by its product.
    this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), milliseconds);
  }
}
