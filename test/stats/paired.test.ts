import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hodgesLehmann } from '../../src/stats/hodgesLehmann.js';
import { normalCdf } from '../../src/stats/normal.js';
import { holm } from '../../src/stats/holm.js';
import { random } from '../../src/engine/random.js';
import { equivalenceTest, MOST_COUNTED_PAIRS, signFlipTest } from '../../src/stats/signFlip.js';

const { cases } = z
  .object({
    cases: z.array(
      z.object({
        name: z.string(),
        differences: z.array(z.number()),
        margin: z.number(),
        twoSided: z.number(),
        equivalence: z.number(),
        estimate: z.number(),
        interval: z.tuple([z.number(), z.number()]).nullable(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/stats/paired.json', import.meta.url), 'utf8')));

describe.each(cases)('paired differences against scipy: $name', (one) => {
  it('sign-flip test', () => expect(signFlipTest(one.differences)).toBeCloseTo(one.twoSided, 12));

  it('equivalence by two one-sided tests', () =>
    expect(equivalenceTest(one.differences, one.margin)).toBeCloseTo(one.equivalence, 12));

  it('Hodges–Lehmann estimate and interval', () => {
    const { estimate, interval } = hodgesLehmann(one.differences);
    expect(estimate).toBeCloseTo(one.estimate, 12);
    if (one.interval === null) expect(interval).toBeNull();
    else {
      // The reference probes 1e-7 beside every point at which the test can change.
      expect(interval!.low).toBeCloseTo(one.interval[0], 6);
      expect(interval!.high).toBeCloseTo(one.interval[1], 6);
    }
  });
});

describe('sign-flip test', () => {
  it('cannot reach .05 with five pairs and can with six', () => {
    expect(signFlipTest([1, 2, 3, 4, 5])).toBe(2 / 32);
    expect(signFlipTest([1, 2, 3, 4, 5, 6])).toBe(2 / 64);
  });

  it('is 1 when nothing differs', () => expect(signFlipTest([0, 0, 0])).toBe(1));

  it('does not depend on order, sign or scale', () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 50 }), (differences, scale) => {
        const p = signFlipTest(differences);
        expect(signFlipTest([...differences].reverse().map((d) => -scale * d))).toBe(p);
        expect(p).toBeGreaterThanOrEqual(2 ** (1 - differences.length));
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('samples the patterns of many pairs, as near to the normal approximation as it should be', () => {
    const stream = random('many pairs');
    const differences = Array.from({ length: MOST_COUNTED_PAIRS + 18 }, () => stream.normal() + 0.3);
    const sum = differences.reduce((total, one) => total + one, 0);
    const deviation = Math.sqrt(differences.reduce((total, one) => total + one * one, 0));
    expect(signFlipTest(differences)).toBeCloseTo(2 * normalCdf(-Math.abs(sum) / deviation), 2);
    expect(signFlipTest(differences)).toBe(signFlipTest(differences));
    expect(signFlipTest(differences.map((one) => one + 9))).toBeCloseTo(2 / 100_001, 12);
    expect(equivalenceTest(differences, 9)).toBeCloseTo(1 / 100_001, 12);
  });

  it('refuses no pairs and values that are not finite', () => {
    expect(() => signFlipTest([])).toThrow(RangeError);
    expect(() => signFlipTest([Number.NaN])).toThrow(RangeError);
    expect(() => equivalenceTest([1], 0)).toThrow('margin above 0');
  });
});

describe('Holm’s adjustment', () => {
  it('multiplies step by step and never falls', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
