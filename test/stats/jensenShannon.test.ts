import { describe, expect, it } from 'vitest';

import { jensenShannonDistance } from '../../src/stats/jensenShannon.js';

describe('jensenShannonDistance', () => {
  it('is 0 for equal shares, 1 for disjoint ones, null without values', () => {
    expect(jensenShannonDistance([1, 2, 3], [10, 20, 30])).toBeCloseTo(0, 7);
    expect(jensenShannonDistance([5, 0], [0, 7])).toBe(1);
    expect(jensenShannonDistance([0, 0], [0, 7])).toBeNull();
  });

  it('is what the formula gives by hand', () => {
    // p = (1, 0), q = (1/2, 1/2): m = (3/4, 1/4); JSD = log2(4/3)/2 + (log2(2/3) + log2 2)/4
    const jsd = Math.log2(4 / 3) / 2 + (Math.log2(2 / 3) + Math.log2(2)) / 4;
    expect(jensenShannonDistance([8, 0], [3, 3])).toBeCloseTo(Math.sqrt(jsd), 12);
  });
});
