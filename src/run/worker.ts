import type { MessagePort } from 'node:worker_threads';
import { InputError } from '../cohort/inputError.js';
import { executeBounds, executeScoring } from './executeScoring.js';
import { executeTraining } from './executeTraining.js';
import type { JobEvent } from './plan.js';
import type { JobOutcome, WorkerTask } from './pool.js';
import { Store } from './store.js';

function needed(needs: WorkerTask['needs'], name: string): string {
  const folder = needs[name];
  if (folder === undefined) throw new Error(`the job was started without its ${name}`);
  return folder;
}

/** Runs one job in a worker thread: makes its product in the store and reports events through the port. */
export default async function work(task: WorkerTask & { readonly port: MessagePort }): Promise<JobOutcome> {
  const { job, port } = task;
  const begin = performance.now();
  const emit = (event: JobEvent): void => port.postMessage(event);
  port.postMessage('started');
  try {
    const { folder, reused } = await new Store(task.storeRoot).ensure(task.key, async (target) => {
      if (job.kind === 'train') await executeTraining(job, target, emit);
      else if (job.kind === 'bounds') await executeBounds(job, target);
      else
        await executeScoring(job, target, emit, {
          bounds: needed(task.needs, 'bounds'),
          synthetic: task.needs['synthetic'],
        });
    });
    return {
      state: 'done',
      folder,
      reused,
      seconds: (performance.now() - begin) / 1000,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return {
      state: 'failed',
      reason: failure.message,
      input: failure instanceof InputError,
      stack: failure.stack ?? '',
    };
  } finally {
    port.close();
  }
}
