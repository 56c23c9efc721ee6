import { failed, machineFault } from '../failedOutcome.js';
import type { JobOutcome, JobTask } from '../jobRunner.js';
import { neededFolders } from '../neededFolders.js';
import type { Versions } from '../plan.js';
import type { WorkerPool } from '../pool.js';
import type { ProductStore } from '../productStore.js';
import type { EventBatches } from './eventBatches.js';
import { refusalOf, type WorkerPermissions } from './permissions.js';
import { receivedTask } from './receivedTask.js';
import { dataDifference } from './sameData.js';

/** What a worker makes queued jobs with. */
export interface Workshop {
  readonly store: ProductStore;
  readonly versions: Versions;
  readonly permissions: WorkerPermissions;
  readonly pool: Pick<WorkerPool, 'run'>;
}

async function execute(
  { job, key, needs }: JobTask,
  { store, permissions, pool }: Workshop,
  stop: AbortSignal,
  batches: EventBatches,
): Promise<JobOutcome> {
  const refusal = await refusalOf(job, permissions);
  if (refusal !== null) return failed(refusal, false);
  const kept = await store.find(key);
  if (kept?.complete === true) return { state: 'done', ...kept, reused: true, peakMegabytes: 0 };
  const differs = await dataDifference(job.kind === 'score' ? job.train.dataset : job.dataset);
  if (differs !== null) return failed(differs, true);
  const found = await neededFolders(needs, store);
  if ('state' in found) return found;
  return pool.run(
    { job, key, store: store.location, needs: found.folders },
    () => batches.start(),
    (event) => batches.add(event),
    stop,
  );
}

/** Makes a queued job's product, or finds it made. Never rejects: what the machine fails in is an outcome like the others. */
export async function executeQueued(
  data: unknown,
  workshop: Workshop,
  stop: AbortSignal,
  batches: EventBatches,
): Promise<JobOutcome> {
  const received = receivedTask(data, workshop.versions);
  if ('refused' in received) return failed(received.refused, false);
  try {
    return await execute(received.task, workshop, stop, batches);
  } catch (error) {
    return machineFault(error);
  }
}
