import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staysPerHospital } from '../../src/run/executeTraining.js';
import { smallCohort } from '../cohort/smallCohort.js';

describe('staysPerHospital', () => {
  it('is what train has by default, and sums to any number that is asked for, in proportion', () => {
    const cohort = smallCohort(31, ['a', 'b', 'c'], 1);
    const train = staysPerHospital(cohort, 'train');
    expect(Object.values(train).reduce((sum, n) => sum + n, 0)).toBe(31);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (size) => {
        const stays = staysPerHospital(cohort, size);
        expect(Object.values(stays).reduce((sum, n) => sum + n, 0)).toBe(size);
        for (const [id, n] of Object.entries(stays))
          expect(Math.abs(n - (size * (train[id] ?? 0)) / 31)).toBeLessThan(1);
      }),
    );
  });
});
