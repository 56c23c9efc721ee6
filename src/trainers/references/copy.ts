import type { Cohort } from '../../cohort/types.js';
import { syntheticPatientIds } from './patientIds.js';

/** The same stays under new patient ids: the worst generator for privacy, the ceiling for fidelity against a holdout. */
export function copyOf(cohort: Cohort): Cohort {
  return {
    ...cohort,
    values: cohort.values.slice(),
    observed: cohort.observed.slice(),
    length: cohort.length.slice(),
    hospital: cohort.hospital.slice(),
    statics: cohort.statics.slice(),
    staticsObserved: cohort.staticsObserved.slice(),
    labels: cohort.labels.slice(),
    labelsObserved: cohort.labelsObserved.slice(),
    patients: syntheticPatientIds(cohort.size),
  };
}
