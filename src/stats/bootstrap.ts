import type { Random } from '../engine/random.js';

/**
 * How often each of n patients is drawn when n patients are drawn with replacement. One entry a resample.
 * The patient is the unit: all steps of a stay come and go together.
 */
export function patientResamples(patients: number, resamples: number, random: Random): Uint16Array[] {
  return Array.from({ length: resamples }, () => {
    const multiplicity = new Uint16Array(patients);
    for (let i = 0; i < patients; i++) multiplicity[random.integer(patients)]!++;
    return multiplicity;
  });
}

/**
 * How often each stay is drawn when its patients are drawn with replacement: the stays of one patient come and go
 * together. With one stay a patient these are `patientResamples` in the order of the stays.
 *
 * @param patients patient id of every stay
 */
export function stayResamples(
  patients: readonly string[],
  resamples: number,
  random: Random,
): readonly Uint16Array[] {
  const numbers = new Map<string, number>();
  const patientOf = Uint32Array.from(patients, (id) => {
    const known = numbers.get(id) ?? numbers.size;
    numbers.set(id, known);
    return known;
  });
  const drawn = patientResamples(numbers.size, resamples, random);
  if (numbers.size === patients.length) return drawn;
  return drawn.map((multiplicity) => Uint16Array.from(patientOf, (patient) => multiplicity[patient]!));
}

/** Standard deviation (n − 1) of the replicates that are defined; null with fewer than two of them. */
export function bootstrapStandardError(replicates: readonly (number | null)[]): number | null {
  const defined = replicates.filter((value) => value !== null);
  if (defined.length < 2) return null;
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (defined.length - 1));
}
