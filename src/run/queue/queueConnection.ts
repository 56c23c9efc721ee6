import { Queue, type RedisOptions } from 'bullmq';
import { InputError } from '../../cohort/inputError.js';
import { withinSeconds } from './patience.js';
import type { QueueAddress } from './queueAddress.js';

/** All keys of ours in Redis begin with it. */
export const QUEUE_PREFIX = 'fedehr';

const LONGEST_WAIT_MILLISECONDS = 5_000;

/** Connections wait for a Redis that is restarted however long it takes; what was asked meanwhile is asked again. */
export function connectionTo(address: QueueAddress): RedisOptions {
  return {
    url: address.url,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 6), LONGEST_WAIT_MILLISECONDS),
  };
}

/** An error as it may be shown: the client's own carry the command that failed, password included. */
export function shownError(error: unknown, address: QueueAddress): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`queue ${address.shown}: ${address.redact(message)}`);
}

/** What holds a connection. */
interface Connected {
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Closes connections in order, and cuts them where Redis does not answer. */
export async function letGo(connected: readonly Connected[]): Promise<void> {
  await withinSeconds(5, Promise.allSettled(connected.map((one) => one.close())));
  await withinSeconds(5, Promise.allSettled(connected.map((one) => one.disconnect())));
}

/**
 * @throws InputError when no Redis answers at the address within the time, or when it refuses the password
 */
export async function requireReachable(address: QueueAddress, seconds = 10): Promise<void> {
  const queue = new Queue('reachable', {
    connection: connectionTo(address),
    prefix: QUEUE_PREFIX,
    skipMetasUpdate: true,
  });
  let last = 'no answer';
  const refused = new Promise<never>((_, reject) => {
    const fail = (): void =>
      reject(
        new InputError({
          place: '--queue',
          expected: `a Redis or Valkey server that answers at ${address.shown}`,
          found: address.redact(last).replace(/\.$/, ''),
          remedy: 'Start it (redis-server), or mend the address, user and password.',
        }),
      );
    const timer = setTimeout(fail, seconds * 1000);
    timer.unref();
    queue.on('error', (error) => {
      last = error.message === '' ? last : error.message;
      if (/WRONGPASS|NOAUTH|NOPERM|ENOTFOUND/.test(last)) fail();
    });
  });
  try {
    await Promise.race([queue.waitUntilReady(), refused]);
  } finally {
    // In order, it would wait for the answer that did not come.
    await queue.getBackend().close(true);
  }
}
