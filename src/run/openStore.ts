import { resolve } from 'node:path';
import type { ProductStore } from './productStore.js';
import { Store } from './store.js';

/** A store by its location: a folder. */
export function openStore(location: string): ProductStore {
  return new Store(resolve(location));
}
