import type { Cohort, CohortSchema, CohortSplit } from '../../src/cohort/types.js';
import { selectStays } from '../../src/cohort/select.js';
import { random, type Random } from '../../src/engine/random.js';

const FEATURES = 6;
const STEPS = 12;

/** The schema of simulated cohorts: five continuous features, one binary; age and sex; one binary label. */
export const simulatedSchema: CohortSchema = {
  name: 'simulated',
  stepHours: 1,
  steps: STEPS,
  features: [
    ...['heart rate', 'pressure', 'lactate', 'creatinine', 'temperature'].map((name) => ({
      name,
      kind: 'continuous' as const,
      unit: 'units',
    })),
    { name: 'ventilated', kind: 'binary' },
  ],
  statics: [
    { name: 'age', kind: 'continuous' },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  ],
  labels: [{ name: 'death', kind: 'binary' }],
  provenance: { source: 'simulation', licence: 'none needed', createdBy: 'test' },
};

/**
 * Stays from a known law: two AR(1) factors load on five continuous features with a level of the stay, a binary
 * feature follows the first factor, masks are Markov chains with a rate of their own per feature, hospital B is
 * shifted, and the label depends on the level of the stay and on age.
 */
export function simulateCohort(perHospital: readonly number[], seed: string | number): Cohort {
  const stream = random('simulated-cohort', seed);
  const hospitals = perHospital.map((_, h) => String.fromCharCode(65 + h));
  const size = perHospital.reduce((sum, n) => sum + n, 0);
  const cells = STEPS * FEATURES;
  const cohort = {
    schema: simulatedSchema,
    size,
    values: new Float32Array(size * cells),
    observed: new Uint8Array(size * cells),
    length: new Uint16Array(size),
    hospital: Uint16Array.from(perHospital.flatMap((n, h) => new Array<number>(n).fill(h))),
    hospitals,
    patients: Array.from({ length: size }, (_, i) => `${seed}-${i}`),
    statics: new Float32Array(size * 2),
    staticsObserved: new Uint8Array(size * 2).fill(1),
    labels: new Float32Array(size),
    labelsObserved: new Uint8Array(size).fill(1),
  };
  for (let i = 0; i < size; i++) simulateStay(cohort, i, stream);
  return cohort;
}

function simulateStay(cohort: Cohort, stay: number, stream: Random): void {
  const length = stream.uniform() < 0.8 ? STEPS : 6 + stream.integer(6);
  cohort.length[stay] = length;
  const level = stream.normal();
  const shift = 0.5 * cohort.hospital[stay]!;
  cohort.statics[stay * 2] = 60 + 12 * stream.normal();
  cohort.statics[stay * 2 + 1] = stream.integer(2);
  const risk = 1.5 * level + 0.03 * (cohort.statics[stay * 2]! - 60) - 1;
  cohort.labels[stay] = stream.uniform() < 1 / (1 + Math.exp(-risk)) ? 1 : 0;
  const factors = [level, stream.normal()];
  const seen = new Uint8Array(FEATURES);
  for (let t = 0; t < length; t++) {
    for (const k of [0, 1])
      factors[k] = 0.8 * factors[k]! + 0.6 * stream.normal() + (k === 0 ? 0.2 * level : 0);
    for (let f = 0; f < FEATURES; f++) {
      const cell = (stay * STEPS + t) * FEATURES + f;
      seen[f] = stream.uniform() < (seen[f] === 1 ? 0.8 : 0.3 + 0.08 * f) ? 1 : 0;
      const signal = (f % 2 === 0 ? factors[0]! : factors[1]!) + 0.5 * factors[0]!;
      const noisy = signal + 0.4 * stream.normal() + shift;
      if (seen[f] === 0) continue;
      cohort.observed[cell] = 1;
      cohort.values[cell] = f === FEATURES - 1 ? (noisy > 0 ? 1 : 0) : Math.round(80 + 10 * noisy);
    }
  }
}

/** Train, holdout and reference of the same law, equally many stays each. */
export function simulateSplit(perHospital: readonly number[], seed: string | number): CohortSplit {
  return {
    train: simulateCohort(perHospital, `${seed}-train`),
    holdout: simulateCohort(perHospital, `${seed}-holdout`),
    reference: simulateCohort(perHospital, `${seed}-reference`),
  };
}

/** The cohort with no stays. */
export function emptyCohort(cohort: Cohort): Cohort {
  return selectStays(cohort, []);
}

/** The same cohort with other arrays, ids replaced. */
export function changed(cohort: Cohort, change: Partial<Cohort>): Cohort {
  return {
    ...cohort,
    patients: Array.from({ length: cohort.size }, (_, i) => `changed-${i}`),
    ...change,
  };
}

/** A cohort from rows given by hand: one feature per column, null = not observed. */
export function cohortOf(
  stays: readonly (readonly (readonly (number | null)[])[])[],
  options: { readonly kinds?: readonly ('continuous' | 'binary')[]; readonly label?: readonly number[] } = {},
): Cohort {
  const steps = Math.max(...stays.map((stay) => stay.length));
  const features = stays[0]![0]!.length;
  const cells = steps * features;
  const values = new Float32Array(stays.length * cells);
  const observed = new Uint8Array(stays.length * cells);
  stays.forEach((stay, i) => {
    stay.forEach((step, t) => {
      step.forEach((value, f) => {
        if (value === null) return;
        values[i * cells + t * features + f] = value;
        observed[i * cells + t * features + f] = 1;
      });
    });
  });
  const label = options.label ?? [];
  return {
    schema: {
      ...simulatedSchema,
      steps,
      features: Array.from({ length: features }, (_, f) => ({
        name: `f${f}`,
        kind: options.kinds?.[f] ?? 'continuous',
      })),
      statics: [],
      labels: label.length > 0 ? [{ name: 'y', kind: 'binary' }] : [],
    },
    size: stays.length,
    values,
    observed,
    length: Uint16Array.from(stays, (stay) => stay.length),
    hospital: new Uint16Array(stays.length),
    hospitals: ['A'],
    patients: stays.map((_, i) => `by-hand-${i}`),
    statics: new Float32Array(0),
    staticsObserved: new Uint8Array(0),
    labels: Float32Array.from(label),
    labelsObserved: new Uint8Array(label.length).fill(1),
  };
}
