import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import { StayFacts } from '../../../src/federation/local/observationEpochs.js';
import { KnownCourse, knownFacts, writeHistory } from '../../../src/federation/preprocessing/history.js';
import { scoreInside } from '../../../src/federation/preprocessing/valueCells.js';
import { normalCdf, normalQuantile } from '../../../src/stats/normal.js';

const steps = 8;
const course = fc.array(fc.option(fc.double({ min: -3, max: 3, noNaN: true }), { nil: null }), {
  minLength: 1,
  maxLength: steps,
});

describe('what is known of a course', () => {
  it('is the last value, the time since, and mean, deviation and number of the values so far', () => {
    fc.assert(
      fc.property(course, (cells) => {
        const known = new KnownCourse(1, 1, steps);
        let latest = -1;
        cells.forEach((value, t) => {
          if (value === null) known.miss(0, 0, t - latest);
          else {
            known.observe(0, 0, value);
            latest = t;
          }
          const so = cells.slice(0, t + 1).filter((x) => x !== null);
          const mean = so.reduce((sum, x) => sum + x, 0) / Math.max(so.length, 1);
          const variance = so.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(so.length, 1);
          const scale = Math.log(1 + steps);
          const expected = [
            so.at(-1) ?? 0,
            so.length > 0 ? 1 : 0,
            so.length > 0 ? Math.log(1 + t - latest) / scale : 0,
            mean,
            Math.sqrt(variance),
            Math.log(1 + so.length) / scale,
          ];
          expected.forEach((fact, i) => {
            expect(Math.abs(known.facts[i]! - fact)).toBeLessThan(1e-3);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is the same for rows of a training set as for a stay that is drawn', () => {
    const stream = random('rows');
    const [rows, width] = [6, 2];
    const mask = new Uint8Array(rows * width).map(() => (stream.uniform() < 0.5 ? 1 : 0));
    const continuous = stream.fillNormal(new Float32Array(rows * width));
    // One after the other: nothing of the first is left in the second.
    const facts = new StayFacts(steps, width);
    const size = knownFacts.length * width;
    for (const [from, to] of [
      [0, 4],
      [4, 6],
    ] as const) {
      facts.read({ mask, continuous }, from, to - from);
      const known = new KnownCourse(1, width, steps);
      const latest = [0, 0];
      for (let row = from; row < to; row++) {
        for (let c = 0; c < width; c++)
          if (mask[row * width + c] === 1) {
            known.observe(0, c, continuous[row * width + c]!);
            latest[c] = row;
          } else known.miss(0, c, row - latest[c]!);
        const at = (row - from) * size;
        expect(facts.facts.subarray(at, at + size)).toEqual(known.facts);
      }
    }
  });

  it('stands in a history between latents, masks, 0/1 columns and the hour', () => {
    const layout = { latents: 1, continuous: 1, flags: 1, steps: 4, width: 10 };
    const source = {
      latents: Float32Array.of(0, 9),
      mask: Float32Array.of(0, 8),
      flags: Float32Array.of(0, 7),
    };
    const facts = Float32Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6);
    const target = new Float32Array(12).fill(-1);
    writeHistory(layout, source, 1, facts, 6, 2, target, 1);
    expect([...target]).toEqual([-1, 9, 8, 1, 2, 3, 4, 5, 6, 7, 0.75, -1]);
  });
});

describe('scores inside rounding cells', () => {
  it('are normal again when a whole distribution is cut into cells', () => {
    const stream = random('cells');
    const borders = [0.0005, 0.1, 0.45, 0.8, 0.9995];
    const low = Float32Array.from(borders.slice(0, -1));
    const high = Float32Array.from(borders.slice(1));
    const drawn = Array.from({ length: 40_000 }, () => {
      const u = stream.uniform();
      const cell = Math.max(borders.findIndex((border) => border > u) - 1, 0);
      return scoreInside({ low, high }, u > 0.9995 ? 3 : cell, stream.uniform());
    });
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(mean).toBeCloseTo(0, 1.5);
    expect(variance).toBeCloseTo(1, 1);
    expect(drawn.filter((x) => x < normalQuantile(0.3)).length / drawn.length).toBeCloseTo(0.3, 1.7);
  });
});

describe('the normal distribution function', () => {
  it('undoes the quantile', () => {
    for (const p of [1e-6, 0.001, 0.025, 0.2, 0.5, 0.7, 0.99, 0.999999])
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-6);
  });
});
