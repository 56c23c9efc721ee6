import type { Random } from '../../engine/random.js';

/** Stays to learn from, and stays that only watch; no patient is in both. */
export interface HeldOut {
  readonly fit: readonly number[];
  readonly validation: readonly number[];
}

/**
 * Holds a share of the patients out, at least one and not all.
 *
 * @param stays at least two patients' stays, ascending
 * @param patients patient of every stay of the cohort
 */
export function holdOutPatients(
  stays: readonly number[],
  patients: readonly string[],
  share: number,
  random: Random,
): HeldOut {
  // Sorted ids, so that the order of the stays does not decide.
  const ids = [...new Set(stays.map((stay) => patients[stay]!))].sort();
  const count = Math.min(Math.max(1, Math.round(share * ids.length)), ids.length - 1);
  const order = random.permutation(ids.length);
  const watching = new Set(Array.from(order.subarray(0, count), (at) => ids[at]!));
  return {
    fit: stays.filter((stay) => !watching.has(patients[stay]!)),
    validation: stays.filter((stay) => watching.has(patients[stay]!)),
  };
}
