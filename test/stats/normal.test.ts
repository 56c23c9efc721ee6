import { describe, expect, it } from 'vitest';
import { normalInterval, wilsonInterval } from '../../src/stats/interval.js';
import { NORMAL_975, normalQuantile } from '../../src/stats/normal.js';
import { reference } from '../metrics/reference.js';

describe('normal quantile', () => {
  it('equals scipy in the centre and far in the tails', () => {
    reference.normal.p.forEach((p, i) => {
      expect(normalQuantile(p)).toBeCloseTo(reference.normal.z[i]!, 11);
    });
    expect(normalQuantile(0.975)).toBeCloseTo(NORMAL_975, 14);
  });

  it.each([0, 1, -1, Number.NaN])('refuses the probability %s', (p) => {
    expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});

describe('intervals', () => {
  it.each(reference.wilson)('Wilson for $k of $n equals scipy', ({ k, n, low, high }) => {
    const interval = wilsonInterval(k, n);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it('are clipped to the range of possible values', () => {
    expect(normalInterval(0.01, 0.1, [0, null])).toEqual({ low: 0, high: 0.01 + 0.1 * NORMAL_975 });
    expect(normalInterval(0.99, 0.1, [null, 1]).high).toBe(1);
  });
});
