import type { Cohort } from '../cohort/types.js';

/** Derived data kept for as long as the cohort it was derived from lives, so that metrics share the work. */
export class CohortCache<T> {
  readonly #kept = new WeakMap<Cohort, Map<string, T>>();

  /** What `make` returns for this cohort and key; made once. */
  get(cohort: Cohort, key: string, make: () => T): T {
    let entries = this.#kept.get(cohort);
    if (entries === undefined) this.#kept.set(cohort, (entries = new Map<string, T>()));
    const found = entries.get(key);
    if (found !== undefined) return found;
    const made = make();
    entries.set(key, made);
    return made;
  }
}

let issued = 0;
const names = new WeakMap<Cohort, string>();

/** A name of a cohort object for use in cache keys; says nothing about its content and never enters a result. */
export function cacheName(cohort: Cohort): string {
  let name = names.get(cohort);
  if (name === undefined) names.set(cohort, (name = String(++issued)));
  return name;
}
