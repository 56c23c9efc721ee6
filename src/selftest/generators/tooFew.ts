import { selectStays } from '../../cohort/select.js';
import { syntheticPatientIds } from '../../trainers/references/patientIds.js';
import type { LadderGenerator } from './generator.js';

/** No stays at all. */
export const empty: LadderGenerator<'empty'> = {
  id: 'empty',
  title: 'no stays',
  make: ({ train }) => selectStays(train, []),
};

/** One stay of one patient. */
export const onePatient: LadderGenerator<'onePatient'> = {
  id: 'onePatient',
  title: 'one patient',
  make: ({ train }) => ({ ...selectStays(train, [0]), patients: syntheticPatientIds(1) }),
};
