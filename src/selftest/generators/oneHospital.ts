import { hospitalCounts, rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { syntheticPatientIds } from '../../trainers/references/patientIds.js';
import type { LadderGenerator } from './generator.js';

/** The hospital with the most stays (the first of equals), as an index into `hospitals`. */
export function largestHospital(cohort: Cohort): number {
  const counts = hospitalCounts(cohort);
  return counts.indexOf(Math.max(...counts));
}

/** The stays of one hospital, the others have none. */
function onlyHospital(cohort: Cohort, hospital: number): Cohort {
  const rows = rowsOfHospital(cohort, hospital);
  return { ...selectStays(cohort, rows), patients: syntheticPatientIds(rows.length) };
}

/** Fresh patients of the largest hospital only. */
export const oneHospital: LadderGenerator<'oneHospital'> = {
  id: 'oneHospital',
  title: 'fresh, one hospital only',
  make: ({ reference }) => onlyHospital(reference, largestHospital(reference)),
};
