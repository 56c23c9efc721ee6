import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { detectableShift, fewestPairs } from '../../src/stats/detectableShift.js';
import { studentTail, studentUpperQuantile } from '../../src/stats/studentT.js';

const { tails, quantiles } = z
  .object({
    tails: z.array(z.object({ t: z.number(), degrees: z.number(), tail: z.number() })),
    quantiles: z.array(z.object({ tail: z.number(), degrees: z.number(), t: z.number() })),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/stats/student_t.json', import.meta.url), 'utf8')));

describe('Student’s t', () => {
  it('has the tails of scipy, far ones included', () => {
    for (const { t, degrees, tail } of tails)
      expect(Math.abs(studentTail(t, degrees) / tail - 1), `${t}, ${degrees}`).toBeLessThan(1e-9);
    expect(studentTail(-1, 5)).toBeCloseTo(1 - studentTail(1, 5), 14);
  });

  it('has the quantiles of scipy', () => {
    for (const { tail, degrees, t } of quantiles) {
      const found = studentUpperQuantile(tail, degrees);
      expect(Math.abs(found - t), `${tail}, ${degrees}`).toBeLessThanOrEqual(1e-8 * Math.max(1, t));
      expect(Math.abs(studentTail(found, degrees) / tail - 1)).toBeLessThan(1e-11);
    }
  });

  it('refuses impossible tails and degrees', () => {
    expect(() => studentUpperQuantile(0, 3)).toThrow(RangeError);
    expect(() => studentTail(1, 0)).toThrow(RangeError);
  });
});

describe('the smallest detectable difference', () => {
  it('is out of reach with five pairs, and with six under three comparisons', () => {
    expect(detectableShift(5, 0.05)).toBeNull();
    expect(detectableShift(6, 0.05 / 3)).toBeNull();
    expect(fewestPairs(0.05)).toBe(6);
    expect(fewestPairs(0.05 / 3)).toBe(7);
    expect(fewestPairs(2 / 2 ** 6)).toBe(7);
  });

  it('with six pairs is where all six differences have one sign with 80 %: Φ(δ)⁶ = .8', () => {
    // Φ(1.793)⁶ = .8; 1,000 simulations leave about ±.06.
    expect(detectableShift(6, 0.05)).toBeGreaterThan(1.7);
    expect(detectableShift(6, 0.05)).toBeLessThan(1.9);
  });

  it('falls with pairs, and its two ways of computing meet', () => {
    const shifts = [6, 7, 8, 9, 10, 11, 12, 20].map((pairs) => detectableShift(pairs, 0.05)!);
    expect([...shifts].sort((a, b) => b - a)).toEqual(shifts);
    expect(shifts[4]! / shifts[5]!).toBeLessThan(1.15);
  });
});
