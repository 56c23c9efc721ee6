import { random } from '../../src/engine/random.js';
import type { Cohort, CohortSchema } from '../../src/cohort/types.js';

export const smallSchema: CohortSchema = {
  name: 'small',
  stepHours: 1,
  steps: 5,
  features: [
    { name: 'HR', kind: 'continuous', unit: 'bpm', range: [0, 350] },
    { name: 'weird "name", it\'s', kind: 'continuous' },
    { name: 'ventilated', kind: 'binary' },
    { name: 'rhythm', kind: 'categorical', levels: ['sinus', "d'Angelo, AF", 'paced'] },
  ],
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  ],
  labels: [{ name: 'died', kind: 'binary' }],
  provenance: { source: 'made up for tests', licence: 'none needed', createdBy: 'test' },
};

/** A made-up cohort with missing cells in every column; ids hold commas and quotes. */
export function smallCohort(size: number, hospitals: readonly string[] = ['A', "B's"], seed = 1): Cohort {
  const draw = random(seed, 'small-cohort');
  const { steps, features, statics, labels } = smallSchema;
  const cohort = {
    schema: smallSchema,
    size,
    values: new Float32Array(size * steps * features.length),
    observed: new Uint8Array(size * steps * features.length),
    length: Uint16Array.from({ length: size }, () => 1 + draw.integer(steps)),
    hospital: Uint16Array.from({ length: size }, (_, stay) => stay % hospitals.length),
    hospitals: [...hospitals].sort(),
    patients: Array.from({ length: size }, (_, stay) => `00${(stay * 7919) % 100003},"x"`),
    statics: new Float32Array(size * statics.length),
    staticsObserved: new Uint8Array(size * statics.length),
    labels: new Float32Array(size * labels.length),
    labelsObserved: new Uint8Array(size * labels.length),
  };
  const fill = (values: Float32Array, observed: Uint8Array, at: number, value: number): void => {
    if (draw.uniform() < 0.4) return;
    values[at] = value;
    observed[at] = 1;
  };
  for (let stay = 0; stay < size; stay++) {
    for (let t = 0; t < cohort.length[stay]!; t++) {
      const cell = (stay * steps + t) * features.length;
      fill(cohort.values, cohort.observed, cell, 60 + 60 * draw.uniform());
      fill(cohort.values, cohort.observed, cell + 1, 1e6 * draw.normal());
      fill(cohort.values, cohort.observed, cell + 2, draw.integer(2));
      fill(cohort.values, cohort.observed, cell + 3, draw.integer(3));
    }
    fill(cohort.statics, cohort.staticsObserved, stay * 2, 18 + 70 * draw.uniform());
    fill(cohort.statics, cohort.staticsObserved, stay * 2 + 1, draw.integer(2));
    fill(cohort.labels, cohort.labelsObserved, stay, draw.integer(2));
  }
  return cohort;
}
