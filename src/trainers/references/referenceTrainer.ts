import { z } from 'zod';
import { InputError } from '../../cohort/inputError.js';
import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import type { TrainContext, Trainer } from '../contract.js';
import { syntheticPatientIds } from './patientIds.js';

const noParameters = z.strictObject({});

/** A reference generator: no model, no rounds; it makes its cohort out of real stays. */
export function referenceTrainer(
  description: Pick<Trainer, 'id' | 'title' | 'description'>,
  synthesise: (context: TrainContext, stays: Readonly<Record<string, number>>, seed: number) => Cohort,
): Trainer {
  return {
    ...description,
    version: 1,
    kind: 'reference',
    parameters: noParameters,
    train(context) {
      noParameters.parse(context.parameters);
      return Promise.resolve({
        synthesise: (stays, seed) => Promise.resolve(synthesise(context, stays, seed)),
        files: {},
        ledger: { bytesUp: 0, bytesDown: 0, synchronisations: 0, epochs: {}, rounds: [] },
        dispose: () => Promise.resolve(),
      });
    },
  };
}

/** The wanted number of stays per hospital of a cohort, by its hospital list; an unknown hospital is an input error. */
export function wantedStays(cohort: Cohort, stays: Readonly<Record<string, number>>): number[] {
  for (const hospital of Object.keys(stays))
    if (!cohort.hospitals.includes(hospital))
      throw new InputError({
        expected: `one of the hospitals ${cohort.hospitals.join(', ')}`,
        found: `"${hospital}"`,
        remedy: 'Ask for stays of hospitals that the training cohort has.',
      });
  return cohort.hospitals.map((hospital) => stays[hospital] ?? 0);
}

/** The stays at `rows` under synthetic patient ids. */
export const renamed = (cohort: Cohort, rows: ArrayLike<number>): Cohort => ({
  ...selectStays(cohort, rows),
  patients: syntheticPatientIds(rows.length),
});

/** Rows of every hospital in cohort order, as many as `choose` takes of each. */
export function rowsPerHospital(
  cohort: Cohort,
  wanted: readonly number[],
  choose: (rows: readonly number[], count: number, hospital: string) => readonly number[],
): number[] {
  return cohort.hospitals.flatMap((hospital, index) => [
    ...choose(rowsOfHospital(cohort, index), wanted[index]!, hospital),
  ]);
}
