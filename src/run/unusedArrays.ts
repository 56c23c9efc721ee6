import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Below so many bytes of arrays a collection costs more than it gives. */
const WORTH_BYTES = 256 * 2 ** 20;

let collect: (() => void) | undefined;

/**
 * Gives the memory of large arrays that nothing refers to any more back to the system, in this thread. V8 collects when its own heap has
 * grown, and a cohort's arrays lie outside of it: what one phase of a job has left would stand beside what the next one needs.
 */
export function releaseUnusedArrays(): void {
  if (process.memoryUsage().arrayBuffers < WORTH_BYTES) return;
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
