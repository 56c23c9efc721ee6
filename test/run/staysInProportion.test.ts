import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staysInProportion } from '../../src/run/staysInProportion.js';

describe('stays in proportion', () => {
  it('sum to any number that is asked for, each hospital within one of its share', () => {
    const hospitals = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.integer({ min: 1, max: 9999 }), {
      minKeys: 1,
      maxKeys: 8,
    });
    fc.assert(
      fc.property(hospitals, fc.integer({ min: 1, max: 5000 }), (stays, wanted) => {
        const shares = staysInProportion(stays, wanted);
        const total = Object.values(stays).reduce((sum, n) => sum + n, 0);
        expect(Object.values(shares).reduce((sum, n) => sum + n, 0)).toBe(wanted);
        for (const [id, n] of Object.entries(shares))
          expect(Math.abs(n - (wanted * stays[id]!) / total)).toBeLessThan(1);
      }),
    );
  });

  it('are the hospitals’ own numbers when their total is asked for', () => {
    const stays = { a: 11, b: 7, c: 13 };
    expect(staysInProportion(stays, 31)).toEqual(stays);
  });
});
