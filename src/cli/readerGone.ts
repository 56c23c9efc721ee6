import type { Writable } from 'node:stream';

/**
 * Lets a program outlive the reader of what it prints, as `head` ends after its lines: from then on nothing is printed,
 * and the work and the exit code are as they would have been.
 */
export function surviveReaders(...streams: readonly Writable[]): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
