import { selectEvents } from './events/selectEvents.js';
import type { Cohort } from './types.js';

/**
 * The stays at `rows` of a cohort, in that order; a row may be taken more than once.
 * Schema and hospital list stay the same. Events come along.
 */
export function selectStays(cohort: Cohort, rows: ArrayLike<number>): Cohort {
  const cells = cohort.schema.steps * cohort.schema.features.length;
  const statics = cohort.schema.statics.length;
  const labels = cohort.schema.labels.length;
  const size = rows.length;
  const selected = {
    values: new Float32Array(size * cells),
    observed: new Uint8Array(size * cells),
    length: new Uint16Array(size),
    hospital: new Uint16Array(size),
    statics: new Float32Array(size * statics),
    staticsObserved: new Uint8Array(size * statics),
    labels: new Float32Array(size * labels),
    labelsObserved: new Uint8Array(size * labels),
  };
  const patients: string[] = [];
  for (let to = 0; to < size; to++) {
    const from = rows[to]!;
    if (!(from >= 0 && from < cohort.size))
      throw new RangeError(`row ${from} of a cohort with ${cohort.size} stays`);
    selected.values.set(cohort.values.subarray(from * cells, (from + 1) * cells), to * cells);
    selected.observed.set(cohort.observed.subarray(from * cells, (from + 1) * cells), to * cells);
    selected.length[to] = cohort.length[from]!;
    selected.hospital[to] = cohort.hospital[from]!;
    selected.statics.set(cohort.statics.subarray(from * statics, (from + 1) * statics), to * statics);
    selected.staticsObserved.set(
      cohort.staticsObserved.subarray(from * statics, (from + 1) * statics),
      to * statics,
    );
    selected.labels.set(cohort.labels.subarray(from * labels, (from + 1) * labels), to * labels);
    selected.labelsObserved.set(
      cohort.labelsObserved.subarray(from * labels, (from + 1) * labels),
      to * labels,
    );
    patients.push(cohort.patients[from]!);
  }
  return {
    schema: cohort.schema,
    size,
    hospitals: cohort.hospitals,
    patients,
    ...selected,
    ...(cohort.events === undefined ? {} : { events: selectEvents(cohort.events, rows) }),
  };
}

/**
 * As `selectStays`, sharing the cohort's memory where the rows follow one another: for those who only read, and neither change the arrays
 * nor move them to another thread.
 */
export function viewStays(cohort: Cohort, rows: ArrayLike<number>): Cohort {
  const from = rows[0];
  if (from === undefined) return selectStays(cohort, rows);
  for (let at = 0; at < rows.length; at++) if (rows[at] !== from + at) return selectStays(cohort, rows);
  const to = from + rows.length;
  if (from < 0 || to > cohort.size)
    throw new RangeError(`rows ${from} to ${to - 1} of a cohort with ${cohort.size} stays`);
  const { schema } = cohort;
  const part = <T extends Float32Array | Uint8Array | Uint16Array>(array: T, width: number): T =>
    array.subarray(from * width, to * width) as T;
  const cells = schema.steps * schema.features.length;
  return {
    schema,
    size: rows.length,
    hospitals: cohort.hospitals,
    patients: cohort.patients.slice(from, to),
    values: part(cohort.values, cells),
    observed: part(cohort.observed, cells),
    length: part(cohort.length, 1),
    hospital: part(cohort.hospital, 1),
    statics: part(cohort.statics, schema.statics.length),
    staticsObserved: part(cohort.staticsObserved, schema.statics.length),
    labels: part(cohort.labels, schema.labels.length),
    labelsObserved: part(cohort.labelsObserved, schema.labels.length),
    ...(cohort.events === undefined ? {} : { events: selectEvents(cohort.events, rows) }),
  };
}

/** Row numbers of the stays of one hospital (index into `hospitals`), in cohort order. */
export function rowsOfHospital(cohort: Cohort, hospital: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < cohort.size; i++) if (cohort.hospital[i] === hospital) rows.push(i);
  return rows;
}

/** Number of stays of each hospital, in the order of `hospitals`. */
export function hospitalCounts(cohort: Cohort): number[] {
  const counts = cohort.hospitals.map(() => 0);
  for (const hospital of cohort.hospital) counts[hospital]!++;
  return counts;
}

/** Number of stays by the hospital's id, in the order of `cohort.hospitals`. */
export function staysByHospital(cohort: Cohort): Record<string, number> {
  const counts = hospitalCounts(cohort);
  return Object.fromEntries(cohort.hospitals.map((id, hospital) => [id, counts[hospital]!]));
}

/** Number of patients with a stay in each hospital, in the order of `hospitals`; one with stays in two counts in both. */
export function patientCounts(cohort: Cohort): number[] {
  const patients = cohort.hospitals.map(() => new Set<string>());
  cohort.hospital.forEach((hospital, stay) => patients[hospital]!.add(cohort.patients[stay]!));
  return patients.map(({ size }) => size);
}
