import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOfHospital, selectStays, viewStays } from '../../src/cohort/select.js';
import { eventCohort } from './events/eventCohort.js';

describe('viewStays', () => {
  const cohort = eventCohort(12, 3);

  it('gives what selectStays gives, whatever the rows', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.nat(cohort.size - 1), { maxLength: 15 }),
          fc
            .tuple(fc.nat(cohort.size), fc.nat(cohort.size))
            .map(([a, b]) => Array.from({ length: Math.abs(a - b) }, (_, i) => Math.min(a, b) + i)),
        ),
        (rows) => {
          expect(viewStays(cohort, rows)).toEqual(selectStays(cohort, rows));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes no memory where the rows follow one another, and refuses rows that are not there', () => {
    expect(viewStays(cohort, [3, 4, 5]).values.buffer).toBe(cohort.values.buffer);
    expect(viewStays(cohort, [3, 5]).values.buffer).not.toBe(cohort.values.buffer);
    expect(() => viewStays(cohort, [11, 12])).toThrow(RangeError);
    expect(() => viewStays(cohort, [-1, 0])).toThrow(RangeError);
    expect(rowsOfHospital(cohort, 0).length).toBeGreaterThan(0);
  });
});
