import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParameterSpec } from '../../src/engine/contract.js';
import { initialParameters, layoutOf, namedArrays } from '../../src/engine/parameters.js';
import { random } from '../../src/engine/random.js';
import { decodeParameters, encodeParameters } from '../../src/engine/weights.js';

const specs = (shapes: readonly number[][]): ParameterSpec[] =>
  shapes.map((shape, i) => ({ name: `w${i}`, shape, initial: { fanIn: 4 } }));

describe('parameters', () => {
  it('lie one after the other', () => {
    const layout = layoutOf(specs([[2, 3], [4], []]));
    expect(layout.size).toBe(11);
    expect(layout.specs.map(({ offset, size }) => [offset, size])).toEqual([
      [0, 6],
      [6, 4],
      [10, 1],
    ]);
    expect(() => layoutOf([...specs([[1]]), ...specs([[2]])])).toThrow('two parameters are named w0');
  });

  it('start as declared', () => {
    const layout = layoutOf([
      { name: 'zero', shape: [3], initial: 'zeros' },
      { name: 'one', shape: [2], initial: 'ones' },
      { name: 'linear', shape: [100, 40], initial: { fanIn: 100 } },
    ]);
    const { zero, one, linear } = namedArrays(layout, initialParameters(layout, random('start')));
    expect([...zero!, ...one!]).toEqual([0, 0, 0, 1, 1]);
    expect(Math.max(...linear!.map(Math.abs))).toBeLessThanOrEqual(0.1);
    const variance = linear!.reduce((sum, x) => sum + x * x, 0) / linear!.length;
    expect(variance).toBeCloseTo(0.01 / 3, 3);
    expect(initialParameters(layout, random('start'))).toEqual(initialParameters(layout, random('start')));
  });
});

describe('encoded parameters', () => {
  it('come back bit for bit, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.float({ noNaN: true })),
        async (shapes, values) => {
          const layout = layoutOf(specs(shapes));
          const flat = new Float32Array(layout.size).map(() => Number(values.next().value));
          const encoded = await encodeParameters(layout, flat);
          expect(encoded.data.byteLength).toBe(4 * layout.size);
          const stored = {
            specs: JSON.parse(JSON.stringify(encoded.specs)) as typeof encoded.specs,
            data: encoded.data,
          };
          expect(await decodeParameters(layout, stored)).toEqual(flat);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('do not fit another model', async () => {
    const layout = layoutOf(specs([[2, 3], [4]]));
    const encoded = await encodeParameters(layout, new Float32Array(10));
    const into = (shapes: number[][]): Promise<Float32Array> =>
      decodeParameters(layoutOf(specs(shapes)), encoded);
    await expect(into([[2, 3], [4], [1]])).rejects.toThrow('lack the tensor w2; they hold w0, w1');
    await expect(into([[3, 2], [4]])).rejects.toThrow('w0: expected shape [3, 2], found [2, 3]');
    await expect(into([[2, 3]])).rejects.toThrow('does not have: w1');
    await expect(
      decodeParameters(layout, { ...encoded, data: encoded.data.subarray(0, 36) }),
    ).rejects.toThrow('expected 40 bytes, found 36');
    await expect(encodeParameters(layout, new Float32Array(9))).rejects.toThrow('found 9');
  });
});
