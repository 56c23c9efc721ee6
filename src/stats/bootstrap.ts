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

/** Standard deviation (n − 1) of the replicates that are defined; null with fewer than two of them. */
export function bootstrapStandardError(replicates: readonly (number | null)[]): number | null {
  const defined = replicates.filter((value) => value !== null);
  if (defined.length < 2) return null;
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (defined.length - 1));
}
