import { rowsOfHospital } from '../../cohort/select.js';
import type { Cohort } from '../../cohort/types.js';
import type { Random } from '../../engine/random.js';
import { syntheticPatientIds } from './patientIds.js';

/**
 * A cohort of the same size without any dependence: within every hospital the lengths, every feature × step column,
 * every static and every label are permuted independently, masks travelling with their values.
 *
 * Step t of the result exists for as many stays as in the source (the lengths are the same multiset), so the cells of
 * the stays that reach step t are dealt out to the stays that now reach it: every column keeps its values and its
 * missing rate exactly, and no cell lies beyond the length of its stay.
 *
 * Events are dropped: a grid that is dealt out belongs to no events.
 */
export function independentMarginals(cohort: Cohort, random: Random): Cohort {
  const { schema, size } = cohort;
  const [steps, features] = [schema.steps, schema.features.length];
  const values = new Float32Array(cohort.values.length);
  const observed = new Uint8Array(cohort.observed.length);
  const length = new Uint16Array(size);
  const statics = new Float32Array(cohort.statics.length);
  const staticsObserved = new Uint8Array(cohort.staticsObserved.length);
  const labels = new Float32Array(cohort.labels.length);
  const labelsObserved = new Uint8Array(cohort.labelsObserved.length);

  for (let hospital = 0; hospital < cohort.hospitals.length; hospital++) {
    const rows = rowsOfHospital(cohort, hospital);
    const order = random.permutation(rows.length);
    rows.forEach((row, i) => (length[row] = cohort.length[rows[order[i]!]!]!));
    for (let t = 0; t < steps; t++) {
      const from = rows.filter((row) => cohort.length[row]! > t);
      const to = rows.filter((row) => length[row]! > t);
      for (let f = 0; f < features; f++) {
        const deal = random.permutation(from.length);
        for (let i = 0; i < to.length; i++) {
          const source = (from[deal[i]!]! * steps + t) * features + f;
          const target = (to[i]! * steps + t) * features + f;
          values[target] = cohort.values[source]!;
          observed[target] = cohort.observed[source]!;
        }
      }
    }
    dealColumns(
      rows,
      schema.statics.length,
      cohort.statics,
      cohort.staticsObserved,
      random,
      statics,
      staticsObserved,
    );
    dealColumns(
      rows,
      schema.labels.length,
      cohort.labels,
      cohort.labelsObserved,
      random,
      labels,
      labelsObserved,
    );
  }
  return {
    schema,
    size,
    hospitals: cohort.hospitals,
    hospital: cohort.hospital.slice(),
    patients: syntheticPatientIds(size),
    values,
    observed,
    length,
    statics,
    staticsObserved,
    labels,
    labelsObserved,
  };
}

function dealColumns(
  rows: readonly number[],
  columns: number,
  values: Float32Array,
  known: Uint8Array,
  random: Random,
  valuesOut: Float32Array,
  knownOut: Uint8Array,
): void {
  for (let column = 0; column < columns; column++) {
    const deal = random.permutation(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const source = rows[deal[i]!]! * columns + column;
      const target = rows[i]! * columns + column;
      valuesOut[target] = values[source]!;
      knownOut[target] = known[source]!;
    }
  }
}
