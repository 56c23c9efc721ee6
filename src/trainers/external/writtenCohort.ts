import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { alignCohorts } from '../../cohort/align.js';
import { InputError } from '../../cohort/inputError.js';
import { readCohort } from '../../cohort/readCohort.js';
import { hospitalCounts } from '../../cohort/select.js';
import type { Cohort, CohortSchema } from '../../cohort/types.js';
import { requireConsistent } from '../../cohort/validate.js';
import { TrainingFailure } from '../../federation/trainingFailure.js';

/** What is wrong with a cohort folder, with its files named as the program knows them. */
function withoutFolder({ fault }: InputError, out: string): string {
  const file = fault.file === undefined ? undefined : path.join('FEDEHR_OUT', path.relative(out, fault.file));
  const where = [file, fault.place].filter((part) => part !== undefined).join(', ');
  const text = `${where === '' ? '' : `${where}: `}expected ${fault.expected}, found ${fault.found}`;
  return text.replaceAll(out, 'FEDEHR_OUT');
}

/** New ids in order of appearance, the same for the stays of one patient: a program may have written real ones. */
function freshIds(patients: readonly string[]): string[] {
  const fresh = new Map<string, string>();
  return patients.map((patient) => {
    const known = fresh.get(patient) ?? `synthetic-${String(fresh.size + 1).padStart(6, '0')}`;
    fresh.set(patient, known);
    return known;
  });
}

/**
 * The cohort that a program wrote, on the training cohort's hospitals and under fresh patient ids.
 *
 * @param schema of the result: the training cohort's, with a provenance of its own
 * @throws TrainingFailure when there is none, it is invalid, on another schema, with other hospitals, or of another size than asked for
 */
export async function writtenCohort(
  out: string,
  train: Cohort,
  stays: Readonly<Record<string, number>>,
  schema: CohortSchema,
): Promise<Cohort> {
  if ((await lstat(out).catch(() => null))?.isDirectory() !== true)
    throw new TrainingFailure('invalid-cohort: FEDEHR_OUT is no folder any more');
  try {
    const written = await readCohort(out);
    const unknown = written.hospitals.filter((id) => !train.hospitals.includes(id)).length;
    if (unknown > 0)
      throw new TrainingFailure(
        `unknown-hospital: the program wrote stays of ${unknown} ${unknown === 1 ? 'hospital' : 'hospitals'} that it was not asked for`,
      );
    const [, aligned] = alignCohorts([
      { role: 'training', folder: out, cohort: train },
      { role: 'written', folder: out, cohort: written },
    ]);
    const cohort = { ...aligned!, schema, patients: freshIds(written.patients) };
    const counts = hospitalCounts(cohort);
    for (const [index, id] of train.hospitals.entries()) {
      const wanted = stays[id] ?? 0;
      if (counts[index] !== wanted)
        throw new TrainingFailure(
          `wrong-stays: hospital ${id} was asked for ${wanted} stays, the program wrote ${counts[index] ?? 0}`,
        );
    }
    requireConsistent(cohort, out);
    return cohort;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new TrainingFailure(`invalid-cohort: ${withoutFolder(error, out)}`);
  }
}
