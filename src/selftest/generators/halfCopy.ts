import { joinCohorts } from '../../cohort/joinCohorts.js';
import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort, CohortSplit } from '../../cohort/types.js';
import { syntheticPatientIds } from '../../trainers/references/patientIds.js';
import type { LadderGenerator } from './generator.js';

/** At every hospital every other training stay, and as many fresh ones as were left out (all of them where there are fewer). */
export function halfCopy({ train, reference }: CohortSplit): Cohort {
  const parts = train.hospitals.flatMap((_, hospital) => {
    const members = rowsOfHospital(train, hospital);
    const kept = members.filter((__, place) => place % 2 === 0);
    const others = rowsOfHospital(reference, hospital).slice(0, members.length - kept.length);
    return [selectStays(train, kept), selectStays(reference, others)];
  });
  const joined = joinCohorts(parts);
  return { ...joined, patients: syntheticPatientIds(joined.size) };
}

export const half: LadderGenerator<'half'> = {
  id: 'half',
  title: 'half copy, half fresh',
  make: (split) => halfCopy(split),
};
