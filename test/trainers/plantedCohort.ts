import type { Cohort, CohortSchema } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';

export const plantedSchema: CohortSchema = {
  name: 'planted',
  stepHours: 1,
  steps: 6,
  features: [
    { name: 'pulse', kind: 'continuous', unit: 'bpm', range: [0, 300] },
    { name: 'lactate', kind: 'continuous', unit: 'mmol/l', range: [0, 1000] },
    { name: 'sedated', kind: 'binary' },
    { name: 'rhythm', kind: 'categorical', levels: ['sinus', 'fibrillation', 'paced'] },
  ],
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  ],
  labels: [{ name: 'sepsis', kind: 'binary' }],
  provenance: { source: 'planted', licence: 'none', createdBy: 'test' },
};

/**
 * Stays with a planted truth: a septic patient's pulse is 25 higher; pulse is nearly constant within a stay and recorded as
 * whole numbers, lactate is rare and heavy-tailed, sedation follows the pulse.
 */
export function plantedCohort(stays: Readonly<Record<string, number>>, seed = 1): Cohort {
  const hospitals = Object.keys(stays).sort();
  const size = hospitals.reduce((sum, hospital) => sum + stays[hospital]!, 0);
  const { steps, features } = plantedSchema;
  const cohort = {
    schema: plantedSchema,
    size,
    values: new Float32Array(size * steps * features.length),
    observed: new Uint8Array(size * steps * features.length),
    length: new Uint16Array(size),
    hospital: new Uint16Array(size),
    hospitals,
    patients: Array.from({ length: size }, (_, i) => `real-patient-${i}`),
    statics: new Float32Array(size * 2),
    staticsObserved: new Uint8Array(size * 2).fill(1),
    labels: new Float32Array(size),
    labelsObserved: new Uint8Array(size).fill(1),
  };
  let row = 0;
  hospitals.forEach((hospital, index) => {
    const draw = random(seed, 'planted', hospital);
    for (let i = 0; i < stays[hospital]!; i++, row++) {
      const septic = draw.uniform() < 0.3;
      const level = 80 + 10 * index + (septic ? 25 : 0) + 12 * draw.normal();
      cohort.hospital[row] = index;
      cohort.length[row] = draw.uniform() < 0.7 ? steps : 3;
      cohort.labels[row] = septic ? 1 : 0;
      cohort.statics[2 * row] = Math.round(60 + 12 * draw.normal());
      cohort.statics[2 * row + 1] = draw.integer(2);
      const rhythm = draw.integer(3);
      for (let t = 0; t < cohort.length[row]!; t++) {
        const cell = (row * steps + t) * features.length;
        const write = (feature: number, value: number): void => {
          cohort.values[cell + feature] = value;
          cohort.observed[cell + feature] = 1;
        };
        if (draw.uniform() < 0.9) write(0, Math.round(level + 3 * draw.normal()));
        if (draw.uniform() < (septic ? 0.5 : 0.2))
          write(1, Math.min(Math.round(10 * Math.exp(0.5 + draw.normal())) / 10, 999));
        write(2, level > 95 ? 1 : 0);
        if (draw.uniform() < 0.5) write(3, rhythm);
      }
    }
  });
  return cohort;
}

/** Stays per hospital id. */
export function staysPerHospital(cohort: Cohort): Record<string, number> {
  return Object.fromEntries(
    cohort.hospitals.map((hospital, index) => [
      hospital,
      cohort.hospital.reduce((sum, own) => sum + (own === index ? 1 : 0), 0),
    ]),
  );
}

/** A configuration that trains in a second. */
export const tinyParameters = {
  preprocessing: { bins: 32, passes: 2, conditionBins: 2 },
  autoencoder: { rounds: 2, localEpochs: 1, batch: 128, latents: 4, hidden: 8 },
  tcvae: {
    rounds: 2,
    localEpochs: 1,
    batch: 32,
    z: 2,
    hidden: 8,
    mixture: 2,
    decoderUnits: 8,
    valueUnits: 8,
  },
  sampling: { calibrationStays: 100 },
};
