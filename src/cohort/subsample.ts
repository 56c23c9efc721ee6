import { InputError } from './inputError.js';
import { patientsByHospital, rowsInFixedOrder, shuffled } from './patientOrder.js';
import { selectStays } from './select.js';
import type { Cohort } from './types.js';

/**
 * At most `perHospital` random patients of every hospital with all their stays (all patients where there are fewer).
 * A smaller sample with the same seed is contained in a larger one; the order of the cohort's rows does not matter.
 */
export function subsamplePatients(cohort: Cohort, perHospital: number, seed: number): Cohort {
  if (!Number.isInteger(perHospital) || perHospital < 1)
    throw new InputError({
      place: 'patientsPerHospital',
      expected: 'a whole number from 1',
      found: `${perHospital}`,
      remedy: 'Leave it out to take all patients.',
    });
  const chosen = patientsByHospital(cohort).flatMap((patients, hospital) =>
    shuffled(patients, seed, 'subsample', cohort.hospitals[hospital]!).slice(0, perHospital),
  );
  return selectStays(cohort, rowsInFixedOrder(cohort, chosen));
}
