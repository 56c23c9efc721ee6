import { machineFault } from './failedOutcome.js';
import type { JobOutcome, JobRunner, JobTask } from './jobRunner.js';
import { neededFolders } from './neededFolders.js';
import type { JobEvent } from './plan.js';
import type { WorkerPool } from './pool.js';
import type { ProductStore } from './productStore.js';

/** Runs jobs in the threads of this process. */
export class LocalRunner implements JobRunner {
  constructor(
    private readonly pool: Pick<WorkerPool, 'run' | 'interrupt' | 'close'>,
    private readonly store: ProductStore,
  ) {}

  async run(
    { job, key, needs }: JobTask,
    onStart: () => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome> {
    try {
      const found = await neededFolders(needs, this.store);
      if ('state' in found) return found;
      return await this.pool.run(
        { job, key, store: this.store.location, needs: found.folders },
        onStart,
        onEvent,
      );
    } catch (error) {
      return machineFault(error);
    }
  }

  interrupt(): void {
    this.pool.interrupt();
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
