import fc from 'fast-check';
import { expect, it } from 'vitest';
import { random, resumableRandom } from '../../src/engine/random.js';

it('fills an array with the same numbers as one call after the other, whatever is drawn before and after', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 12 }), (seed, draws) => {
      const filled = random('filled', seed);
      const single = random('filled', seed);
      for (const draw of draws) {
        if (draw === -2) expect(filled.uniform()).toBe(single.uniform());
        else if (draw === -1) expect(filled.normal()).toBe(single.normal());
        else
          expect(filled.fillNormal(new Float32Array(draw))).toEqual(
            Float32Array.from({ length: draw }, () => single.normal()),
          );
      }
      expect(filled.uniform()).toBe(single.uniform());
      expect(filled.normal()).toBe(single.normal());
    }),
  );
});

it('draws normals with mean 0, variance 1 and the fourth moment of a Gaussian', () => {
  const size = 200_000;
  const drawn = random('moments').fillNormal(new Float32Array(size));
  const moment = (power: number): number => drawn.reduce((sum, x) => sum + x ** power, 0) / size;
  // Four standard errors.
  expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(size));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / size));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / size));
});

it('goes on from any place, also between the two normals of a pair', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 5 }), (seed, normals) => {
      const first = resumableRandom('place', seed);
      for (let i = 0; i < normals; i++) first.normal();
      const second = resumableRandom('elsewhere');
      second.normal();
      second.moveTo(first.place());
      expect([second.normal(), second.uniform()]).toEqual([first.normal(), first.uniform()]);
      expect(second.place()).toEqual(first.place());
    }),
  );
});
