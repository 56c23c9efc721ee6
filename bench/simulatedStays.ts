import type { Cohort, CohortSchema, CohortSplit } from '../src/cohort/types.js';
import { random } from '../src/engine/random.js';

const FACTORS = 6;
const OBSERVED = 0.4;

export interface Grid {
  readonly steps: number;
  readonly features: number;
}

function schemaOf({ steps, features }: Grid): CohortSchema {
  return {
    name: 'bench',
    stepHours: 1,
    steps,
    features: Array.from({ length: features }, (_, f) => ({
      name: `f${f}`,
      kind: 'continuous',
      unit: 'units',
    })),
    statics: [],
    labels: [{ name: 'death', kind: 'binary' }],
    provenance: { source: 'simulation', licence: 'none needed', createdBy: 'bench' },
  };
}

/** One row from a table of arrays without statics, all stays of one hospital and of full length. */
export function cohortFrom(
  grid: Grid,
  values: Float32Array,
  observed: Uint8Array,
  outcome: ArrayLike<number>,
  name: string,
): Cohort {
  const size = outcome.length;
  return {
    schema: schemaOf(grid),
    size,
    values,
    observed,
    length: new Uint16Array(size).fill(grid.steps),
    hospital: new Uint16Array(size),
    hospitals: ['A'],
    patients: Array.from({ length: size }, (_, i) => `${name}-${i}`),
    statics: new Float32Array(0),
    staticsObserved: new Uint8Array(0),
    labels: Float32Array.from(outcome),
    labelsObserved: new Uint8Array(size).fill(1),
  };
}

/** Six AR(1) factors load on every feature, a binary outcome follows them, six cells in ten are not observed. */
export function simulateStays(size: number, grid: Grid, name: string, drift = 0): Cohort {
  const { steps, features } = grid;
  const stream = random('bench-stays', name);
  const loadings = random('bench-loadings').fillNormal(new Float32Array(features * FACTORS));
  const values = new Float32Array(size * steps * features);
  const observed = new Uint8Array(values.length);
  const factors = new Float64Array(FACTORS);
  const outcome = Array.from({ length: size }, (_, stay) => {
    let risk = 0;
    for (let k = 0; k < FACTORS; k++) factors[k] = stream.normal();
    for (let t = 0, at = stay * steps * features; t < steps; t++) {
      for (let k = 0; k < FACTORS; k++) {
        factors[k] = 0.8 * factors[k]! + 0.6 * stream.normal();
        risk += ((k % 2 === 0 ? 1 : -1) * factors[k]!) / steps;
      }
      for (let f = 0; f < features; f++, at++) {
        if (stream.uniform() >= OBSERVED) continue;
        let value = drift + 0.5 * stream.normal();
        for (let k = 0; k < FACTORS; k++) value += (factors[k]! * loadings[f * FACTORS + k]!) / 2.5;
        values[at] = value;
        observed[at] = 1;
      }
    }
    return stream.uniform() < 1 / (1 + Math.exp(2 - 1.5 * risk)) ? 1 : 0;
  });
  return cohortFrom(grid, values, observed, outcome, name);
}

/** The same stays dealt out to hospitals in turn. */
export const spreadOverHospitals = (cohort: Cohort, hospitals: number): Cohort => ({
  ...cohort,
  hospital: cohort.hospital.map((_, stay) => stay % hospitals),
  hospitals: Array.from({ length: hospitals }, (_, hospital) => String.fromCharCode(65 + hospital)),
});

/** Train, holdout and reference of one law, and synthetic stays of one that drifted a little. */
export function simulateScoring(size: number, grid: Grid): { split: CohortSplit; synthetic: Cohort } {
  const [train, holdout, reference] = ['train', 'holdout', 'reference'].map((role) =>
    simulateStays(size, grid, `${role}-${size}`),
  );
  return {
    split: { train: train!, holdout: holdout!, reference: reference! },
    synthetic: simulateStays(size, grid, `synthetic-${size}`, 0.1),
  };
}
