import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rowsOfHospital, selectStays } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import { writeCohort } from '../../cohort/writeCohort.js';
import { writeCsvCohort } from '../../cohort/writeCsv.js';

/** What the file behind FEDEHR_STAYS holds. */
export interface StaysFile {
  readonly total: number;
  readonly hospitals: readonly {
    readonly id: string;
    /** Folder below FEDEHR_TRAIN; no id becomes a file name. */
    readonly folder: string;
    /** Stays to write. */
    readonly stays: number;
  }[];
}

/** The training cohort under made-up patient ids; which stays are one patient's is kept. */
function pseudonymous(train: Cohort): Cohort {
  const fresh = new Map<string, string>();
  for (const patient of train.patients)
    if (!fresh.has(patient)) fresh.set(patient, `patient-${String(fresh.size + 1).padStart(6, '0')}`);
  return { ...train, patients: train.patients.map((patient) => fresh.get(patient)!) };
}

/**
 * Writes one cohort folder a hospital, and what is asked for.
 *
 * @param folder where the hospitals' folders go; it exists
 * @param stays the file that says how many stays of each hospital to write
 */
export async function writeTrainingFolders(
  train: Cohort,
  wanted: Readonly<Record<string, number>>,
  tables: 'csv' | 'parquet',
  { folder, stays }: { readonly folder: string; readonly stays: string },
): Promise<void> {
  const cohort = pseudonymous(train);
  const hospitals: StaysFile['hospitals'][number][] = [];
  for (const [index, id] of train.hospitals.entries()) {
    const name = `hospital-${String(index + 1).padStart(3, '0')}`;
    const rows = rowsOfHospital(cohort, index);
    hospitals.push({ id, folder: name, stays: wanted[id] ?? 0 });
    if (rows.length === 0) continue;
    const own = selectStays(cohort, rows);
    if (tables === 'csv') await writeCsvCohort(own, path.join(folder, name));
    else await writeCohort(own, path.join(folder, name));
  }
  const total = hospitals.reduce((sum, { stays: count }) => sum + count, 0);
  const content: StaysFile = { total, hospitals };
  await writeFile(stays, `${JSON.stringify(content, null, 2)}\n`);
}
