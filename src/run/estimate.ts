import { median } from 'simple-statistics';
import type { PastJob } from './pastJobs.js';
import { nameOf, type Job } from './plan.js';

/**
 * Where a job's time comes from: its product is `kept`; the `same` job ran before; a job of the same generator on a dataset of the
 * same name ran with another seed or other settings (`alike`); nothing is known.
 */
export type EstimateSource = 'kept' | 'same' | 'alike' | 'unknown';

export interface JobEstimate {
  readonly name: string;
  /** null when unknown. */
  readonly seconds: number | null;
  readonly source: EstimateSource;
}

const withoutSeed = (name: string): string => name.replace(/ seed \d+ on /, ' on ');

const medianOf = (jobs: readonly PastJob[]): number | null =>
  jobs.length === 0 ? null : median(jobs.map(({ seconds }) => seconds));

/**
 * How long each job will take, from what earlier runs took on this machine (medians, whatever else it was doing then). Nothing is
 * guessed from sizes: what never ran is unknown.
 *
 * @param keyOf content key of a job
 * @param isKept whether the store has the product of a key
 */
export async function estimateJobs(
  jobs: readonly Job[],
  past: readonly PastJob[],
  keyOf: (job: Job) => string,
  isKept: (key: string) => Promise<boolean>,
): Promise<JobEstimate[]> {
  return Promise.all(
    jobs.map(async (job): Promise<JobEstimate> => {
      const name = nameOf(job);
      const key = keyOf(job);
      if (await isKept(key)) return { name, seconds: 0, source: 'kept' };
      const same = medianOf(past.filter((one) => one.key === key));
      if (same !== null) return { name, seconds: same, source: 'same' };
      const alike = medianOf(past.filter((one) => withoutSeed(one.name) === withoutSeed(name)));
      return { name, seconds: alike, source: alike === null ? 'unknown' : 'alike' };
    }),
  );
}

export interface PlanEstimate {
  /** Of all jobs whose time is known. */
  readonly work: number;
  /** No run can be faster: the work over the workers, or its longest job. */
  readonly least: number;
  readonly unknown: number;
}

/** Sum of a plan's estimates for so many workers. */
export function estimatePlan(estimates: readonly JobEstimate[], workers: number): PlanEstimate {
  const known = estimates.map(({ seconds }) => seconds ?? 0);
  const work = known.reduce((sum, seconds) => sum + seconds, 0);
  return {
    work,
    least: Math.max(work / workers, ...known),
    unknown: estimates.filter(({ seconds }) => seconds === null).length,
  };
}
