import { dirname } from 'node:path';
import { estimateJobs, estimatePlan, type JobEstimate } from '../run/estimate.js';
import { productVersions } from '../run/manifest.js';
import { pastJobs } from '../run/pastJobs.js';
import { keyOf, type Plan } from '../run/plan.js';
import { openStore } from '../run/openStore.js';
import type { Output } from './output.js';

/** Seconds as people say them. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${minutes.toFixed(0)} min` : `${(minutes / 60).toFixed(1)} h`;
}

function lineOf({ name, seconds, source }: JobEstimate): string {
  if (source === 'kept') return `${name}: kept, nothing to do`;
  if (seconds === null) return `${name}: time unknown`;
  return `${name}: about ${durationText(seconds)}${source === 'alike' ? ' (as with another seed or other settings)' : ''}`;
}

/** Lists the jobs of a plan with the time that each will take. */
export async function printPlan(
  plan: Plan,
  options: {
    readonly out: string;
    readonly store: string;
    readonly workers: number;
    readonly output: Output;
  },
): Promise<void> {
  const versions = productVersions();
  const store = openStore(options.store);
  const estimates = await estimateJobs(
    [...plan.bounds, ...plan.training, ...plan.scoring],
    await pastJobs(dirname(options.out)),
    (job) => keyOf(job, versions),
    (key) => store.holds(key),
  );
  const { work, least, unknown } = estimatePlan(estimates, options.workers);
  const total =
    unknown === estimates.length
      ? 'Time unknown: no run folder beside this one has such a job.'
      : `About ${durationText(work)} of work, at least ${durationText(least)} with ${options.workers} workers${unknown > 0 ? `, and ${unknown} jobs of unknown time` : ''}; times are those of earlier runs on this machine.`;
  options.output.say([...estimates.map(lineOf), '', total].join('\n'));
  options.output.document({
    jobs: estimates.map(({ name }) => name),
    estimates,
    seconds: { work, least, workers: options.workers, unknown },
  });
}
