import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import {
  mergeSamples,
  sortSample,
  twoSampleDistances,
  twoSampleReplicates,
} from '../../src/stats/twoSample.js';
import { reference } from '../metrics/reference.js';

/** Every value is its own patient. */
function distances(
  a: readonly number[],
  b: readonly number[],
  wa?: readonly number[],
  wb?: readonly number[],
) {
  const sorted = [a, b].map((values) => sortSample(values, [...values.keys()], values.length));
  return twoSampleDistances(mergeSamples(sorted[0]!, sorted[1]!), wa ?? a.map(() => 1), wb ?? b.map(() => 1));
}

describe('KS and Wasserstein against scipy', () => {
  it.each(reference.twoSample)('$name', ({ a, b, ks, wasserstein }) => {
    const result = distances(a, b);
    expect(result?.ks).toBeCloseTo(ks, 10);
    expect(Math.abs(result!.wasserstein - wasserstein)).toBeLessThan(1e-9 * Math.max(1, wasserstein));
  });

  it.each(reference.weightedTwoSample)(
    'weights equal repeats, case %#',
    ({ a, b, wa, wb, ks, wasserstein }) => {
      const result = distances(a, b, wa, wb);
      expect(result?.ks).toBeCloseTo(ks, 10);
      expect(result?.wasserstein).toBeCloseTo(wasserstein, 9);
    },
  );
});

describe('two-sample distances', () => {
  const sample = fc.array(
    fc.integer({ min: -20, max: 20 }).map((v) => v / 4),
    { minLength: 1, maxLength: 30 },
  );

  it('ks evaluates ties after whole tie groups', () => {
    expect(distances([1, 1, 1, 2], [1, 2, 2, 2])!.ks).toBeCloseTo(0.5, 12);
    expect(distances([3, 3], [3, 3, 3])!.ks).toBeCloseTo(0, 12);
  });

  it('are symmetric, 0 for a sample with itself and at most 1 for KS', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [forth, back] = [distances(a, b)!, distances(b, a)!];
        expect(forth.ks).toBeCloseTo(back.ks, 12);
        expect(forth.wasserstein).toBeCloseTo(back.wasserstein, 12);
        expect(forth.ks).toBeLessThanOrEqual(1);
        expect(distances(a, a)!.ks).toBeLessThan(1e-12);
      }),
    );
  });

  it('W1 of a shifted sample is the shift', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -5, max: 5 }), (a, shift) => {
        expect(
          distances(
            a,
            a.map((v) => v + shift),
          )!.wasserstein,
        ).toBeCloseTo(Math.abs(shift), 9);
      }),
    );
  });

  it('are null without weight on a side', () => {
    expect(distances([1, 2], [3], [0, 0], [1])).toBeNull();
    expect(distances([], [3])).toBeNull();
  });

  it('sorts negative zero with zero and negative values below', () => {
    expect([...sortSample([3, -0, 0, -2.5, 1e-30, -1e30], [0, 1, 2, 3, 4, 5], 6).values]).toEqual(
      [-1e30, -2.5, -0, 0, 1e-30, 3].map(Math.fround),
    );
  });
});

describe('several weightings in one pass', () => {
  it.each([1, 3, 4, 9])('equal %i single passes, ties and a side without weight included', (count) => {
    const stream = random('replicates', count);
    const sample = (values: number, owners: number) =>
      sortSample(
        Array.from({ length: values }, () => stream.integer(40)),
        Array.from({ length: values }, () => stream.integer(owners)),
        owners,
      );
    const merged = mergeSamples(sample(300, 20), sample(200, 15));
    const weights = (owners: number): number[][] =>
      Array.from({ length: count }, (_, b) =>
        Array.from({ length: owners }, () => (b === 1 && owners === 15 ? 0 : stream.integer(3))),
      );
    const [first, second] = [weights(20), weights(15)];
    const expected = first.map((own, b) => twoSampleDistances(merged, own, second[b]!));
    expect(twoSampleReplicates(merged, first, second)).toEqual(expected);
    expect(expected.map((distances) => distances === null)).toEqual(first.map((_, b) => b === 1));
  });
});
