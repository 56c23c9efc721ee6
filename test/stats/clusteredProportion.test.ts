import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteredProportion, effectiveNumber } from '../../src/stats/clusteredProportion.js';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, k) => `${prefix}${k}`);

describe('a proportion of clustered values', () => {
  it('is worth its clusters when the values of each are equal', () => {
    const values = [1, 0, 1, 1, 0, 0, 1, 0];
    const thrice = values.flatMap((value) => [value, value, value]);
    const clusters = names('p', 8).flatMap((name) => [name, name, name]);
    const once = clusteredProportion(values, names('p', 8));
    expect(clusteredProportion(thrice, clusters).share).toBe(once.share);
    expect(clusteredProportion(thrice, clusters).trials).toBeCloseTo(once.trials, 12);
  });

  it('is worth the number of clusters where nothing varies', () => {
    expect(clusteredProportion([1, 1, 1, 1], ['a', 'a', 'b', 'c'])).toEqual({ share: 1, trials: 3 });
  });
});

describe('the effective number of clustered observations', () => {
  it('is their number when each is alone, and of one kind of clusters (Σw)²/Σc²', () => {
    expect(effectiveNumber([1, 1, 1, 1], names('a', 4), names('b', 4))).toBe(4);
    // Clusters of 3 and 1: 16 / (9 + 1).
    expect(effectiveNumber([1, 1, 1, 1], ['a', 'a', 'a', 'b'], names('b', 4))).toBeCloseTo(1.6, 12);
    expect(effectiveNumber([1, 1, 1, 1], names('b', 4), ['a', 'a', 'a', 'b'])).toBeCloseTo(1.6, 12);
    // Both kinds the same: no cluster counts twice.
    expect(effectiveNumber([1, 1, 1, 1], ['a', 'a', 'a', 'b'], ['x', 'x', 'x', 'y'])).toBeCloseTo(1.6, 12);
    // Crossed 2 × 2: 16 / (8 + 8 − 4).
    expect(effectiveNumber([1, 1, 1, 1], ['a', 'a', 'b', 'b'], ['x', 'y', 'x', 'y'])).toBeCloseTo(4 / 3, 12);
  });

  it('lies between one and the number of observations, and does not depend on their order', () => {
    const observation = fc.tuple(
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
    );
    const numberOf = (all: readonly (readonly [number, number, number])[]): number =>
      effectiveNumber(
        all.map(([weight]) => weight),
        all.map(([, first]) => `f${first}`),
        all.map(([, , second]) => `s${second}`),
      );
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 30 }), (all) => {
        const number = numberOf(all);
        expect(number).toBeGreaterThan(1 - 1e-9);
        expect(number).toBeLessThan(all.length + 1e-9);
        expect(numberOf([...all].reverse())).toBeCloseTo(number, 9);
      }),
    );
  });
});
