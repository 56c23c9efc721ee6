import { nameOf, type Job, type JobEvent } from './plan.js';
import { ProgressBar } from './progressBar.js';

/** Rough shares of the work, only used for the bar and its time left. */
const EFFORT = { train: 20, bounds: 8, score: 5 } as const;
const STAGES_OF_A_TRAINING = 2;

/** One line on a terminal with share done, time left and what is running; silent elsewhere. */
export class Progress {
  private readonly bar: ProgressBar;
  private readonly running = new Map<string, { effort: number; done: number; stages: Set<string> }>();
  private finished = 0;

  constructor(
    jobs: readonly Job[],
    options: { readonly quiet: boolean; readonly stream: NodeJS.WriteStream },
  ) {
    this.bar = new ProgressBar(
      jobs.reduce((sum, job) => sum + EFFORT[job.kind], 0),
      options,
    );
  }

  started(job: Job): void {
    this.running.set(nameOf(job), { effort: EFFORT[job.kind], done: 0, stages: new Set() });
    this.draw();
  }

  advanced(job: Job, event: JobEvent): void {
    const entry = this.running.get(nameOf(job));
    if (entry === undefined || (event.kind !== 'metric' && event.kind !== 'round')) return;
    let share: number;
    if (event.kind === 'metric') share = event.done / event.total;
    else {
      entry.stages.add(event.stage);
      share = (entry.stages.size - 1 + event.round / event.rounds) / STAGES_OF_A_TRAINING;
    }
    entry.done = Math.max(entry.done, entry.effort * Math.min(1, share));
    this.draw();
  }

  ended(job: Job): void {
    this.running.delete(nameOf(job));
    this.finished += EFFORT[job.kind];
    this.draw();
  }

  stop(): void {
    this.bar.stop();
  }

  private draw(): void {
    let done = this.finished;
    for (const entry of this.running.values()) done += entry.done;
    this.bar.show(done, [...this.running.keys()].join(' · '));
  }
}
