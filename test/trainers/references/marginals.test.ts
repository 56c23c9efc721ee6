import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../../src/cohort/types.js';
import { rowsOfHospital } from '../../../src/cohort/select.js';
import { random } from '../../../src/engine/random.js';
import { copyOf } from '../../../src/trainers/references/copy.js';
import { independentMarginals } from '../../../src/trainers/references/independentMarginals.js';
import { simulateCohort } from '../../metrics/simulatedCohort.js';

const cohort = simulateCohort([70, 50], 'marginals');

/** Observed values of a column at one hospital, sorted, then the number of missing cells within the length. */
function column(of: Cohort, hospital: number, t: number, f: number): number[] {
  const { steps, features } = of.schema;
  const rows = rowsOfHospital(of, hospital).filter((row) => of.length[row]! > t);
  const cells = rows.map((row) => (row * steps + t) * features.length + f);
  const seen = cells.filter((cell) => of.observed[cell] === 1).map((cell) => of.values[cell]!);
  return [...seen.sort((a, b) => a - b), rows.length - seen.length];
}

describe('independent marginals', () => {
  const made = independentMarginals(cohort, random('test-marginals'));

  it('keep every feature × step column of every hospital with its missing rate', () => {
    for (const hospital of [0, 1])
      for (let t = 0; t < cohort.schema.steps; t++)
        for (let f = 0; f < cohort.schema.features.length; f++)
          expect(column(made, hospital, t, f)).toEqual(column(cohort, hospital, t, f));
  });

  it('observe nothing beyond the length of a stay and hide nothing under a mask', () => {
    const { steps, features } = made.schema;
    made.observed.forEach((seen, cell) => {
      const t = Math.floor(cell / features.length) % steps;
      const stay = Math.floor(cell / (features.length * steps));
      if (t >= made.length[stay]!) expect(seen).toBe(0);
      if (seen === 0) expect(made.values[cell]).toBe(0);
    });
  });

  it('keep lengths, statics and labels of every hospital as multisets, in another order', () => {
    for (const hospital of [0, 1]) {
      const rows = rowsOfHospital(cohort, hospital);
      const sorted = (values: ArrayLike<number>, width: number, place: number): number[] =>
        rows.map((row) => values[row * width + place]!).sort((a, b) => a - b);
      expect(sorted(made.length, 1, 0)).toEqual(sorted(cohort.length, 1, 0));
      expect(sorted(made.statics, 2, 0)).toEqual(sorted(cohort.statics, 2, 0));
      expect(sorted(made.statics, 2, 1)).toEqual(sorted(cohort.statics, 2, 1));
      expect(sorted(made.labels, 1, 0)).toEqual(sorted(cohort.labels, 1, 0));
    }
    expect([...made.labels]).not.toEqual([...cohort.labels]);
    expect([...made.hospital]).toEqual([...cohort.hospital]);
  });

  it('are the same for the same random stream', () => {
    expect(independentMarginals(cohort, random('test-marginals'))).toEqual(made);
  });

  it('name no real patient', () => {
    expect(made.patients[0]).toBe('synthetic-000001');
    const real = new Set(cohort.patients);
    for (const generated of [made, copyOf(cohort)])
      expect(generated.patients.some((id) => real.has(id))).toBe(false);
  });
});

describe('copy', () => {
  it('has the values of its source in arrays of its own', () => {
    const copy = copyOf(cohort);
    expect(copy.values).toEqual(cohort.values);
    expect(copy.values).not.toBe(cohort.values);
    expect(copy.labels).toEqual(cohort.labels);
  });
});
