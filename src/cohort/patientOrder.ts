import { random } from '../engine/random.js';
import type { Cohort } from './types.js';

/** One person: all their stays, wherever they happened. */
export interface Patient {
  /** Rows of the cohort, in cohort order. */
  readonly rows: readonly number[];
  /** Index of the hospital that the patient is counted at: the first of theirs. */
  readonly home: number;
}

/** The patients of every hospital (index into `hospitals`), sorted by id, each at one hospital only. */
export function patientsByHospital(cohort: Cohort): readonly (readonly Patient[])[] {
  const rowsOf = new Map<string, number[]>();
  for (const [row, id] of cohort.patients.entries()) {
    const rows = rowsOf.get(id);
    if (rows === undefined) rowsOf.set(id, [row]);
    else rows.push(row);
  }
  const byHospital: Patient[][] = cohort.hospitals.map(() => []);
  for (const [, rows] of [...rowsOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const home = rows.reduce((first, row) => Math.min(first, cohort.hospital[row]!), Infinity);
    byHospital[home]!.push({ rows, home });
  }
  return byHospital;
}

/** The patients in an order drawn for one purpose and hospital, whatever the order of the cohort's rows. */
export function shuffled(
  patients: readonly Patient[],
  seed: number,
  purpose: string,
  hospital: string,
): readonly Patient[] {
  return Array.from(random(seed, purpose, hospital).permutation(patients.length), (at) => patients[at]!);
}

/** Rows of all stays of the given patients, by hospital and patient id: the same whatever the order of the cohort's rows. */
export function rowsInFixedOrder(cohort: Cohort, patients: readonly Patient[]): number[] {
  return patients
    .flatMap(({ rows }) => rows)
    .sort((a, b) => {
      const hospitals = cohort.hospital[a]! - cohort.hospital[b]!;
      if (hospitals !== 0) return hospitals;
      const [first, second] = [cohort.patients[a]!, cohort.patients[b]!];
      return first === second ? a - b : first < second ? -1 : 1;
    });
}
