import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, sortedFloats } from '../../src/stats/radixSort.js';

const floats = fc.array(fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, 1e-45)));

describe('ascending order of 32-bit numbers', () => {
  it('is that of a stable sort by comparison, zeros of both signs being equal', () => {
    fc.assert(
      fc.property(floats, (numbers) => {
        const values = Float32Array.from(numbers);
        const expected = [...values.keys()].sort((a, b) =>
          values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b,
        );
        expect([...ascendingOrder(values)]).toEqual(expected);
      }),
    );
  });

  it('gives the values of the sort of the language', () => {
    fc.assert(
      fc.property(floats, (numbers) => {
        const values = Float32Array.from(numbers, (value) => value + 0);
        expect(sortedFloats(values)).toEqual(values.slice().sort());
      }),
    );
  });

  it('puts infinities at the ends', () => {
    const values = Float32Array.of(1, Number.POSITIVE_INFINITY, -3e38, Number.NEGATIVE_INFINITY);
    expect([...ascendingOrder(values)]).toEqual([3, 2, 0, 1]);
  });
});
