import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Job } from '../plan.js';

/** What the operator of a worker lets the jobs of a queue do on its machine; whoever can write to the queue chooses the jobs. */
export interface WorkerPermissions {
  /** Jobs may run the programs that they name. */
  readonly external: boolean;
  /** Folders below which jobs may read cohort folders that they name. */
  readonly data: readonly string[];
}

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Whether a path lies below one of the folders, as it is written and, where it exists, where it really is. */
async function isAllowed(path: string, folders: readonly string[]): Promise<boolean> {
  const really = await Promise.all(folders.map((folder) => realpath(folder).catch(() => resolve(folder))));
  const roots = [...folders.map((folder) => resolve(folder)), ...really];
  if (!roots.some((root) => isBelow(resolve(path), root))) return false;
  const target = await realpath(path).catch(() => resolve(path));
  return roots.some((root) => isBelow(target, root));
}

/** Why a worker must not make a job, or null. Says nothing about what there is on the machine. */
export async function refusalOf(job: Job, { external, data }: WorkerPermissions): Promise<string | null> {
  const trainer =
    job.kind === 'train'
      ? job.generator.trainer
      : job.kind === 'score'
        ? job.train.generator.trainer
        : undefined;
  // A score of an external generator only reads the cohort that is in the store.
  if (job.kind === 'train' && trainer === 'external' && !external)
    return 'refused: the worker runs no external programs, since whoever can write to the queue chooses them; start all workers of the queue with --allow-external if you trust everybody who can';
  const { source } = job.kind === 'score' ? job.train.dataset : job.dataset;
  if ('path' in source && !(await isAllowed(source.path, data)))
    return 'refused: the worker reads cohort folders only below its --data, and the one that the job names is not; start all workers of the queue with --data FOLDER to let jobs read what is in it';
  return null;
}
