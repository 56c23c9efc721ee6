import type { Cohort } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import type { Courses } from '../../stats/timeWarping.js';
import { isNumeric } from '../comparison.js';
import { fitScale } from '../joint/standardPoints.js';

/**
 * Courses of at most `most` stays, one a patient, drawn at random: continuous and binary features as standard scores of
 * `train`, then levels of categorical ones. Stays without a step are left out.
 */
export function standardCourses(cohort: Cohort, train: Cohort, most: number, seed: number): Courses {
  const { features, steps } = cohort.schema;
  const width = features.length;
  const rows = stayOfEveryPatient(cohort, most, seed);
  const numeric = features.flatMap(({ kind }, f) => (isNumeric(kind) ? [f] : []));
  const order = [...numeric, ...features.flatMap(({ kind }, f) => (isNumeric(kind) ? [] : [f]))];
  const scale = fitScale(train.values, (at) => train.observed[at] === 1, width);
  const cells = steps * width;
  const values = new Float32Array(rows.length * cells);
  const known = new Uint8Array(rows.length * cells);
  rows.forEach((row, place) => {
    const from = row * cells;
    const raw = cohort.values.subarray(from, from + cells);
    const scores = scale(raw, (at) => cohort.observed[from + at] === 1);
    for (let step = 0; step < steps; step++)
      order.forEach((f, column) => {
        const source = step * width + f;
        const to = place * cells + step * width + column;
        known[to] = cohort.observed[from + source]!;
        values[to] = column < numeric.length ? scores[source]! : raw[source]!;
      });
  });
  return {
    lengths: rows.map((row) => cohort.length[row]!),
    steps,
    columns: width,
    ordered: numeric.length,
    values,
    known,
  };
}

/** Patients of whom a stay has a step. */
export function patientsWithCourse(cohort: Cohort): number {
  return new Set(cohort.patients.filter((_, row) => cohort.length[row]! > 0)).size;
}

function stayOfEveryPatient(cohort: Cohort, most: number, seed: number): number[] {
  const met = new Set<string>();
  const chosen: number[] = [];
  for (const row of random(seed, 'courses').permutation(cohort.size)) {
    const patient = cohort.patients[row]!;
    if (chosen.length === most || cohort.length[row] === 0 || met.has(patient)) continue;
    met.add(patient);
    chosen.push(row);
  }
  return chosen;
}
