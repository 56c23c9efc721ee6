import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { selectStays } from '../../src/cohort/select.js';
import { splitCohort } from '../../src/cohort/split.js';
import { subsamplePatients } from '../../src/cohort/subsample.js';
import type { Cohort } from '../../src/cohort/types.js';
import { random } from '../../src/engine/random.js';
import { smallCohort } from './smallCohort.js';

const fractions = { train: 0.6, holdout: 0.2, reference: 0.2 };

function shuffledRows(cohort: Cohort, seed: number): Cohort {
  return selectStays(cohort, random(seed, 'rows').permutation(cohort.size));
}

/** Some patients get several stays, also across hospitals. */
function withRepeatedPatients(cohort: Cohort): Cohort {
  return {
    ...cohort,
    patients: cohort.patients.map((id, row) => (row % 5 === 0 ? `shared${row % 35}` : id)),
  };
}

const positives = (cohort: Cohort): number => cohort.labels.reduce((sum, label) => sum + label, 0);
const rowsAt = (cohort: Cohort, hospital: number): number =>
  cohort.hospital.reduce((count, one) => count + (one === hospital ? 1 : 0), 0);

describe('splitCohort', () => {
  it('gives a part more patients than fit on the stack', () => {
    const size = 130_000;
    const cohort = smallCohort(1, ['A']);
    const many: Cohort = {
      ...cohort,
      schema: { ...cohort.schema, steps: 1, features: [], statics: [], labels: [] },
      size,
      values: new Float32Array(0),
      observed: new Uint8Array(0),
      length: new Uint16Array(size).fill(1),
      hospital: new Uint16Array(size),
      patients: Array.from({ length: size }, (_, row) => String(row)),
      statics: new Float32Array(0),
      staticsObserved: new Uint8Array(0),
      labels: new Float32Array(0),
      labelsObserved: new Uint8Array(0),
    };
    expect(splitCohort(many, { train: 1, holdout: 0, reference: 0 }, 1).train.size).toBe(size);
  });

  it('puts every patient into one part, whatever the rows, the seed and the fractions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 200 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        fc.constantFrom(
          fractions,
          { train: 0.7, holdout: 0.1, reference: 0.1 },
          { train: 0.5, holdout: 0.5, reference: 0 },
        ),
        (size, hospitals, seed, shares) => {
          const ids = ['A', 'B', 'C', 'D'].slice(0, hospitals);
          const cohort = withRepeatedPatients(smallCohort(size, ids, seed));
          const split = splitCohort(cohort, shares, seed);
          const parts = [split.train, split.holdout, split.reference];
          const patients = parts.map((part) => new Set(part.patients));
          const union = new Set(patients.flatMap((part) => [...part]));
          expect(union.size).toBe(patients.reduce((sum, part) => sum + part.size, 0));
          for (const part of parts) {
            expect(part.hospitals).toEqual(cohort.hospitals);
            for (const id of new Set(part.patients))
              expect(part.patients.filter((one) => one === id).length).toBe(
                cohort.patients.filter((one) => one === id).length,
              );
          }
          const total = shares.train + shares.holdout + shares.reference;
          if (total > 1 - 1e-9) expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(size);
          expect(splitCohort(shuffledRows(withUniqueRows(cohort), seed), shares, seed)).toEqual(
            splitCohort(withUniqueRows(cohort), shares, seed),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps the shares within every hospital and both classes to one patient', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 300 }), fc.nat(), (size, seed) => {
        const cohort = smallCohort(size, ['A', 'B'], seed);
        const split = splitCohort(cohort, fractions, seed);
        for (const [part, share] of [
          [split.train, 0.6],
          [split.holdout, 0.2],
          [split.reference, 0.2],
        ] as const)
          for (const hospital of [0, 1]) {
            const all = rowsAt(cohort, hospital);
            expect(Math.abs(rowsAt(part, hospital) - share * all)).toBeLessThan(1 + 1e-9);
            const septic = (one: Cohort): number =>
              one.labels.reduce((sum, label, row) => sum + (one.hospital[row] === hospital ? label : 0), 0);
            expect(Math.abs(septic(part) - share * septic(cohort))).toBeLessThan(1 + 1e-9);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('depends on the seed, and on each hospital alone', () => {
    const cohort = smallCohort(200, ['A', 'B']);
    expect(splitCohort(cohort, fractions, 1).train.patients).not.toEqual(
      splitCohort(cohort, fractions, 2).train.patients,
    );
    const rows = [...cohort.hospital.keys()].filter((row) => cohort.hospital[row] === 0);
    const alone = splitCohort({ ...selectStays(cohort, rows), hospitals: ['A'] }, fractions, 1);
    const together = splitCohort(cohort, fractions, 1);
    expect(alone.train.patients).toEqual(
      together.train.patients.filter((_, row) => together.train.hospital[row] === 0),
    );
    expect(positives(alone.train)).toBeGreaterThan(0);
  });

  it('refuses impossible fractions and hospitals that are too small', () => {
    const cohort = smallCohort(8, ['A', 'B']);
    expect(() => splitCohort(cohort, { train: 0.8, holdout: 0.2, reference: 0.2 }, 1)).toThrow(
      /split: expected fractions .* sum is at most 1, found the sum 1\.2/,
    );
    expect(() => splitCohort(cohort, { train: -0.1, holdout: 0.2, reference: 0.2 }, 1)).toThrow(
      /split\.train: .*found -0\.1/,
    );
    expect(() => splitCohort(cohort, { train: Number.NaN, holdout: 0.2, reference: 0.2 }, 1)).toThrow(
      /split\.train/,
    );
    expect(() => splitCohort(selectStays(cohort, [0, 2, 4, 6, 1]), fractions, 1)).toThrow(
      /hospital B: expected enough patients to give "holdout" 20 %, found 1 patient\./,
    );
  });
});

/** Rows of one patient keep their order only if they can be told apart: one stay a patient. */
function withUniqueRows(cohort: Cohort): Cohort {
  return { ...cohort, patients: cohort.patients.map((id, row) => `${id}/${row}`) };
}

describe('subsamplePatients', () => {
  it('takes whole patients, as many as asked of every hospital, nested and whatever the order of rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (perHospital, seed) => {
        const cohort = smallCohort(150, ['A', 'B', 'C'], seed);
        const sample = subsamplePatients(cohort, perHospital, seed);
        for (const hospital of [0, 1, 2])
          expect(rowsAt(sample, hospital)).toBe(Math.min(perHospital, rowsAt(cohort, hospital)));
        expect(subsamplePatients(shuffledRows(cohort, seed), perHospital, seed)).toEqual(sample);
        const larger = new Set(subsamplePatients(cohort, perHospital + 5, seed).patients);
        expect(sample.patients.every((id) => larger.has(id))).toBe(true);
      }),
      { numRuns: 40 },
    );
    const repeated = withRepeatedPatients(smallCohort(150, ['A', 'B']));
    const sample = subsamplePatients(repeated, 20, 3);
    for (const id of new Set(sample.patients))
      expect(sample.patients.filter((one) => one === id)).toHaveLength(
        repeated.patients.filter((one) => one === id).length,
      );
    expect(() => subsamplePatients(repeated, 0, 3)).toThrow(
      /patientsPerHospital: expected a whole number from 1/,
    );
  });
});
