import type { Random } from '../../engine/random.js';

/**
 * Half (0 or 1) of every stay, all stays of a patient in one half, halves as equal in patients as can be. Patients are
 * dealt in an order that depends on their ids and the stream, not on the rows.
 */
export function patientHalves(patients: readonly string[], random: Random): Uint8Array {
  const ids = [...new Set(patients)].sort();
  const half = new Map<string, number>();
  random.permutation(ids.length).forEach((patient, place) => half.set(ids[patient]!, place % 2));
  return Uint8Array.from(patients, (id) => half.get(id)!);
}
