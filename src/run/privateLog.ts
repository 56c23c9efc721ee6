import { join, resolve } from 'node:path';
import { cacheFolder } from './cacheFolder.js';
import { isS3 } from './s3/s3Location.js';

/**
 * Where a job keeps what may quote real rows: in the folder `logs` beside the products of its store, never in a run folder and never in a bucket;
 * on the machine that ran it (`~/.cache/fedehr/logs`) where the store is no folder.
 *
 * @param store the store's location
 */
export function privateLogOf(store: string, key: string): string {
  const logs = isS3(store) ? join(cacheFolder(), 'logs') : join(resolve(store), 'logs');
  return join(logs, `${key.replace(/^sha256:/, '').slice(0, 16)}.log`);
}
