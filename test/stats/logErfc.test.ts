import { describe, expect, it } from 'vitest';
import { logErfc } from '../../src/stats/logErfc.js';

describe('ln erfc', () => {
  it.each([
    // Abramowitz & Stegun, tables 7.1 and 7.3: erfc(x).
    [0, 1],
    [0.5, 0.4795001222],
    [1, 0.1572992071],
    [2, 4.677734981e-3],
    [3, 2.2090497e-5],
    [-0.5, 1.5204998778],
    [-1, 1.8427007929],
    [-3, 1.9999779095],
  ])('erfc(%d) = %d', (x, erfc) => {
    expect(Math.exp(logErfc(x)) / erfc).toBeCloseTo(1, 8);
  });

  it('goes on where erfc underflows, along its asymptote', () => {
    const x = 60;
    expect(logErfc(x)).toBeCloseTo(
      -x * x - Math.log(x * Math.sqrt(Math.PI)) + Math.log1p(-1 / (2 * x * x)),
      6,
    );
  });

  it('has no seam between its series and its fraction', () => {
    for (const seam of [2, -2]) expect(logErfc(seam + 1e-9)).toBeCloseTo(logErfc(seam - 1e-9), 6);
  });
});
