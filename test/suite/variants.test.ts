import { describe, expect, it } from 'vitest';
import { canonicalJson, contentKey } from '../../src/suite/contentKey.js';
import { expandVariants } from '../../src/suite/variants.js';

describe('expandVariants', () => {
  it('crosses a matrix into named variants and keeps the other parameters', () => {
    const variants = expandVariants([
      {
        id: 'fedehr-gen',
        variant: 'default',
        parameters: { tcvae: { rounds: 4, z: 8 } },
        matrix: { 'tcvae.rounds': [1, 2], 'weighting.lambda': [0, 1] },
      },
    ]);
    expect(variants.map(({ variant }) => variant)).toEqual([
      'rounds=1-lambda=0',
      'rounds=1-lambda=1',
      'rounds=2-lambda=0',
      'rounds=2-lambda=1',
    ]);
    expect(variants[3]?.parameters).toEqual({ tcvae: { rounds: 2, z: 8 }, weighting: { lambda: 1 } });
  });

  it('refuses two configurations of one trainer with the same name', () => {
    const same = { id: 'fedavg', variant: 'default', parameters: {} };
    expect(() => expandVariants([same, same])).toThrow(/fedavg\/default.*two configurations named 'default'/);
  });
});

describe('contentKey', () => {
  it('does not depend on the order of keys, and does on every value', () => {
    expect(contentKey({ a: 1, b: { c: 2, d: 3 } })).toBe(contentKey({ b: { d: 3, c: 2 }, a: 1 }));
    expect(contentKey({ a: 1 })).not.toBe(contentKey({ a: 2 }));
    expect(canonicalJson([2, 1])).toBe('[2,1]');
  });
});
