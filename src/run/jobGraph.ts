import { allSettled } from './allSettled.js';
import type { EventLog } from './eventLog.js';
import type { JobOutcome, JobRunner } from './jobRunner.js';
import {
  keyOf,
  nameOf,
  needsOf,
  type BoundsJob,
  type Job,
  type Plan,
  type ScoreJob,
  type Versions,
} from './plan.js';
import type { Progress } from './progress.js';
import type { TimeSpent } from './timeSpent.js';

/** What the graph runs on. */
export interface JobServices {
  readonly runner: JobRunner;
  readonly log: EventLog;
  readonly progress: Progress;
  readonly time: TimeSpent;
  readonly versions: Versions;
  /** Called as each job ends, before the ones that wait for it start. */
  onEnd(job: Job, outcome: JobOutcome): Promise<void>;
}

/** Every job of a plan with how it ended. A job whose need failed is failed with that reason and is not started. */
export type Outcomes = ReadonlyMap<Job, JobOutcome>;

/**
 * Runs a plan: trainings and bounds side by side, each scoring as soon as its cohort and bounds are there. Finished
 * products are taken from the store, so a repeated run goes on where the last one stopped.
 */
export async function runPlan(plan: Plan, services: JobServices): Promise<Outcomes> {
  const outcomes = new Map<Job, JobOutcome>();
  const settle = async (job: Job, needs: Readonly<Record<string, string>>): Promise<JobOutcome> => {
    const outcome = await runJob(job, needs, services);
    outcomes.set(job, outcome);
    return outcome;
  };
  const bounds = new Map<BoundsJob, Promise<JobOutcome>>();
  // References need only their bounds, so bounds go first and fill the gaps between long trainings.
  for (const job of plan.bounds) bounds.set(job, settle(job, {}));
  const trained = new Map(plan.training.map((job) => [job, settle(job, {})]));
  const scored = plan.scoring.map(async (job) => {
    for (const [name, outcome] of await neededBy(job, plan, bounds, trained)) {
      if (outcome.state === 'interrupted') {
        outcomes.set(job, outcome);
        return;
      }
      if (outcome.state === 'failed') {
        outcomes.set(job, {
          ...outcome,
          reason: `its ${name === 'bounds' ? 'bounds' : 'generator'} failed: ${outcome.reason}`,
        });
        services.progress.ended(job);
        return;
      }
    }
    await settle(job, needsOf(job, services.versions));
  });
  await allSettled([...bounds.values(), ...trained.values(), ...scored], () => services.runner.interrupt());
  return outcomes;
}

async function neededBy(
  job: ScoreJob,
  plan: Plan,
  bounds: ReadonlyMap<BoundsJob, Promise<JobOutcome>>,
  trained: ReadonlyMap<Job, Promise<JobOutcome>>,
): Promise<[string, JobOutcome][]> {
  const boundsJob = plan.bounds.find((candidate) => candidate.dataset === job.train.dataset);
  const boundsOutcome = boundsJob === undefined ? undefined : await bounds.get(boundsJob);
  if (boundsJob === undefined || boundsOutcome === undefined)
    throw new Error(`no bounds job for ${nameOf(job)}`);
  const needs: [string, JobOutcome][] = [['bounds', boundsOutcome]];
  if (!job.reference) {
    const training = await trained.get(job.train);
    if (training === undefined) throw new Error(`no training job for ${nameOf(job)}`);
    needs.push(['synthetic', training]);
  }
  return needs;
}

async function runJob(
  job: Job,
  needs: Readonly<Record<string, string>>,
  services: JobServices,
): Promise<JobOutcome> {
  const { runner, log, progress, versions } = services;
  const name = nameOf(job);
  const key = keyOf(job, versions);
  const outcome = await runner.run(
    { job, key, needs },
    (worker) => {
      progress.started(job);
      log.write('job-started', name, { key, ...(worker === undefined ? {} : { worker }) });
    },
    (event) => {
      const { kind, ...fields } = event;
      log.write(kind, name, fields);
      progress.advanced(job, event);
      services.time.heard(job, event);
    },
  );
  if (outcome.state === 'done') {
    const { reused, seconds, cpuSeconds = null, peakMegabytes, worker } = outcome;
    log.write('job-finished', name, {
      key,
      reused,
      seconds,
      cpuSeconds,
      peakMegabytes,
      ...(worker === undefined ? {} : { worker }),
    });
  } else if (outcome.state === 'failed') {
    log.write('job-failed', name, {
      key,
      reason: outcome.reason,
      ...(outcome.input ? {} : { stack: outcome.stack }),
    });
  }
  services.time.ended(job, outcome);
  progress.ended(job);
  await services.onEnd(job, outcome);
  return outcome;
}
