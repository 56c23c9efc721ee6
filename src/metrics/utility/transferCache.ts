import type { Cohort } from '../../cohort/types.js';

/** What was derived from several cohorts, kept for as long as all of them live: none of them is held by the cache. */
export class TransferCache<T> {
  readonly #kept: Level<T> = { below: new WeakMap(), entries: new Map() };

  /** What `make` returns for these cohorts, in this order, and this key; made once. */
  get(cohorts: readonly Cohort[], key: string, make: () => T): T {
    let level = this.#kept;
    for (const cohort of cohorts) {
      let next = level.below.get(cohort);
      if (next === undefined) level.below.set(cohort, (next = { below: new WeakMap(), entries: new Map() }));
      level = next;
    }
    const found = level.entries.get(key);
    if (found !== undefined) return found;
    const made = make();
    level.entries.set(key, made);
    return made;
  }
}

interface Level<T> {
  readonly below: WeakMap<Cohort, Level<T>>;
  readonly entries: Map<string, T>;
}
