import type { JobOutcome } from './jobRunner.js';
import { nameOf, type Job, type JobEvent } from './plan.js';

/** Seconds of one generator, all its seeds; what was taken from the store counts nothing. */
export interface GeneratorTime {
  readonly dataset: string;
  readonly trainer: string;
  readonly variant: string;
  training: number;
  sampling: number;
  scoring: number;
  /** Jobs whose products were in the store. */
  kept: number;
}

export interface JobTime {
  readonly job: string;
  /** Interrupted attempts that it went on from included. */
  readonly seconds: number;
  /** Processor time of the job's own thread in this run; null where the system does not tell. */
  readonly cpuSeconds: number | null;
  /** Of the whole process at the end of the job. */
  readonly peakMegabytes: number;
  readonly reused: boolean;
}

/** Where the time of a run went. */
export interface TimeSummary {
  readonly seconds: number;
  readonly jobs: readonly JobTime[];
  /** Floors and ceilings of all datasets. */
  readonly bounds: number;
  readonly generators: readonly GeneratorTime[];
  /** Scores by metric, all sites and generators; the slowest first. Floors and ceilings are not in them. */
  readonly metrics: readonly { readonly metric: string; readonly seconds: number }[];
}

/** Adds up what the jobs of one run tell. */
export class TimeSpent {
  readonly #begin = performance.now();
  readonly #jobs: JobTime[] = [];
  readonly #generators = new Map<string, GeneratorTime>();
  readonly #metrics = new Map<string, number>();
  #bounds = 0;

  heard(job: Job, event: JobEvent): void {
    if (event.kind === 'metric')
      this.#metrics.set(event.metric, (this.#metrics.get(event.metric) ?? 0) + event.seconds);
    else if (event.kind === 'phase') this.#of(job)[event.phase] += event.seconds;
  }

  ended(job: Job, outcome: JobOutcome): void {
    if (outcome.state !== 'done') return;
    const { seconds, cpuSeconds = null, peakMegabytes, reused } = outcome;
    this.#jobs.push({ job: nameOf(job), seconds, cpuSeconds, peakMegabytes, reused });
    if (job.kind === 'bounds') this.#bounds += reused ? 0 : seconds;
    else if (reused) this.#of(job).kept++;
    else if (job.kind === 'score') this.#of(job).scoring += seconds;
  }

  summary(): TimeSummary {
    return {
      seconds: (performance.now() - this.#begin) / 1000,
      jobs: this.#jobs,
      bounds: this.#bounds,
      generators: [...this.#generators.values()].sort(
        (a, b) => b.training + b.sampling + b.scoring - (a.training + a.sampling + a.scoring),
      ),
      metrics: [...this.#metrics]
        .map(([metric, seconds]) => ({ metric, seconds }))
        .sort((a, b) => b.seconds - a.seconds),
    };
  }

  #of(job: Job): GeneratorTime {
    const training = job.kind === 'score' ? job.train : job;
    if (training.kind === 'bounds') throw new Error('floors and ceilings belong to no generator');
    const { dataset, generator } = training;
    const { trainer, variant } = generator;
    const name = `${dataset.name}/${trainer}/${variant}`;
    const known = this.#generators.get(name);
    if (known !== undefined) return known;
    const fresh = {
      dataset: dataset.name,
      trainer,
      variant,
      training: 0,
      sampling: 0,
      scoring: 0,
      kept: 0,
    };
    this.#generators.set(name, fresh);
    return fresh;
  }
}
