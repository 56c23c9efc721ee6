import { Worker } from 'node:worker_threads';

/** Matrix products of 268 MFLOP that a thread makes in one piece of work. */
const RUNS = 400;

/** CommonJS, since that is what a worker made from text runs; `matmulPeak` comes from the compiled program as all that workers run. */
const script = (matmulPeak: string): string => `
  const { parentPort } = require('node:worker_threads');
  const module = import(${JSON.stringify(matmulPeak)});
  parentPort.on('message', async () => {
    await (await module).matmulPeak(() => performance.now(), 256, ${RUNS});
    parentPort.postMessage('done');
  });
`;

/** Threads that do nothing but multiply matrices in the cache of their own core: what a second core of this machine can give at most. */
export class ProductThreads {
  readonly #threads: readonly Worker[];

  constructor(count: number) {
    const module = new URL('../dist/engine/matmulPeak.js', import.meta.url).href;
    this.#threads = Array.from({ length: count }, () => new Worker(script(module), { eval: true }));
  }

  /** So many pieces of work, dealt out to the first `threads` threads. */
  async work(pieces: number, threads: number): Promise<void> {
    const inThread = async (thread: Worker, own: number): Promise<void> => {
      for (let piece = 0; piece < own; piece++)
        await new Promise<void>((resolve, reject) => {
          thread.once('error', reject);
          thread.once('message', () => {
            thread.off('error', reject);
            resolve();
          });
          thread.postMessage('work');
        });
    };
    await Promise.all(this.#threads.slice(0, threads).map((thread) => inThread(thread, pieces / threads)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
