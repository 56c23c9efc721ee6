import type { JobOutcome, JobRunner, JobTask } from './jobRunner.js';
import { neededFolders } from './neededFolders.js';
import type { JobEvent } from './plan.js';
import type { WorkerPool } from './pool.js';
import type { ProductStore } from './productStore.js';

/** Runs jobs in the threads of this process. */
export class LocalRunner implements JobRunner {
  constructor(
    private readonly pool: WorkerPool,
    private readonly store: ProductStore,
  ) {}

  async run(
    { job, key, needs }: JobTask,
    onStart: () => void,
    onEvent: (event: JobEvent) => void,
  ): Promise<JobOutcome> {
    const folders = await neededFolders(needs, this.store);
    if ('state' in folders) return folders;
    return this.pool.run({ job, key, store: this.store.location, needs: folders.folders }, onStart, onEvent);
  }

  interrupt(): void {
    this.pool.interrupt();
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
