import type { Cohort } from '../cohort/types.js';

/** Bytes of all entries of all caches together, beyond which the ones not used for longest are given up. */
export const RECENT_BYTES = 384 * 2 ** 20;

interface Entry {
  readonly key: string;
  readonly bytes: number;
  /** Weak, so that the list below keeps no cohort's data alive. */
  readonly entries: WeakRef<Map<string, Kept>>;
}

interface Kept {
  readonly value: unknown;
  readonly entry: Entry;
}

/** Every entry of every cache, the one used last at the end. */
const byUse = new Set<Entry>();
let total = 0;

/** Gives all entries of all caches up: what comes next in this thread is no scoring, or one of other cohorts. */
export function releaseRecent(): void {
  for (const { key, entries } of byUse) entries.deref()?.delete(key);
  byUse.clear();
  total = 0;
}

/**
 * As `CohortCache`, for data as large as the cohort itself (sorted values, counts, coordinates): metrics that follow each
 * other share it, but only the most recent `RECENT_BYTES` of all such data are kept. What was given up is made again.
 */
export class RecentCache<T> {
  readonly #kept = new WeakMap<Cohort, Map<string, Kept>>();
  readonly #bytesOf: (value: T) => number;

  /** @param bytesOf size of an entry */
  constructor(bytesOf: (value: T) => number) {
    this.#bytesOf = bytesOf;
  }

  /** What `make` returns for this cohort and key; `make` must give equal data every time. */
  get(cohort: Cohort, key: string, make: () => T): T {
    let entries = this.#kept.get(cohort);
    if (entries === undefined) this.#kept.set(cohort, (entries = new Map<string, Kept>()));
    const found = entries.get(key);
    if (found !== undefined) {
      byUse.delete(found.entry);
      byUse.add(found.entry);
      return found.value as T;
    }
    const value = make();
    const entry = { key, bytes: this.#bytesOf(value), entries: new WeakRef(entries) };
    entries.set(key, { value, entry });
    byUse.add(entry);
    total += entry.bytes;
    for (const oldest of byUse) {
      if (total <= RECENT_BYTES || oldest === entry) break;
      byUse.delete(oldest);
      total -= oldest.bytes;
      oldest.entries.deref()?.delete(oldest.key);
    }
    return value;
  }
}
