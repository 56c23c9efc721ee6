import { outputPath } from '../cohort/outputFolder.js';
import type { ProductStore } from './productStore.js';
import { isS3 } from './s3/s3Location.js';
import { S3Store } from './s3/s3Store.js';
import { Store } from './store.js';

const buckets = new Map<string, S3Store>();

/**
 * A store by its location: a folder, or `s3://bucket/prefix` (one connection to each for all of a thread).
 *
 * @throws InputError for an address that is none
 */
export function openStore(location: string): ProductStore {
  if (!isS3(location)) return new Store(outputPath(location, '--store'));
  const store = buckets.get(location) ?? new S3Store(location);
  buckets.set(location, store);
  return store;
}
