import type { Writable } from 'node:stream';

/** Streams that are listened to: a program that calls the command several times must not gather listeners. */
const survived = new WeakSet<Writable>();

/**
 * Lets a program outlive the reader of what it prints, as `head` ends after its lines: from then on nothing is printed,
 * and the work and the exit code are as they would have been.
 */
export function surviveReaders(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    if (survived.has(stream)) continue;
    survived.add(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
