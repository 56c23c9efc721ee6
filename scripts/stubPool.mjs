// A pool of workers that only wait and write files of a likely size: what is around a job can be measured without the job.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROUNDS = 20;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Takes the time of a job and writes what it would write: a model and a cohort, or a score of each hospital. */
export function stubPool(store, hospitals, milliseconds) {
  return {
    async run({ job, key }, onStart, onEvent) {
      onStart();
      const made = await store.ensure(key, async (folder) => {
        await pause(milliseconds);
        if (job.kind === 'train') {
          for (let round = 1; round <= ROUNDS; round++)
            onEvent({ kind: 'round', stage: 'stub', round, rounds: ROUNDS, loss: 1 });
          await mkdir(path.join(folder, 'model'));
          await writeFile(path.join(folder, 'model', 'weights.bin'), Buffer.alloc(100_000, job.seed));
        } else {
          const rows = Array.from({ length: hospitals }, (_, i) => ({
            site: `hospital ${i}`,
            value: i / hospitals,
          }));
          if (job.kind === 'score')
            rows.forEach(({ site }, i) =>
              onEvent({
                kind: 'metric',
                metric: 'stub',
                site,
                state: 'ok',
                seconds: 0,
                done: i + 1,
                total: hospitals,
              }),
            );
          await writeFile(path.join(folder, 'scores.json'), JSON.stringify(rows));
        }
      });
      return { state: 'done', ...made, peakMegabytes: 0 };
    },
    interrupt: () => undefined,
    close: () => Promise.resolve(),
  };
}
