import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import { auroc, delong, rankScores, weightedAuroc } from '../../src/stats/auroc.js';
import { midRanks } from '../../src/stats/ranks.js';
import { positivesAtFpr, rocOnGrid } from '../../src/stats/rocCurve.js';
import { reference } from '../metrics/reference.js';

const scores = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 20 });

describe('AUROC against scikit-learn and the definition of DeLong', () => {
  it.each(reference.auroc)('$name', ({ positives, negatives, ...expected }) => {
    expect(auroc(positives, negatives)).toBeCloseTo(expected.auroc, 12);
    const estimate = delong(positives, negatives);
    expect(estimate.value).toBeCloseTo(expected.delongAuroc, 12);
    expect(estimate.standardError).toBeCloseTo(expected.delongSe, 12);
    expect([...midRanks([...positives, ...negatives])]).toEqual(expected.ranks);
    rocOnGrid(positives, negatives, expected.grid).forEach((tpr, i) => {
      expect(tpr).toBeCloseTo(expected.tpr[i]!, 12);
    });
  });
});

describe('AUROC', () => {
  it('counts tied scores as one half', () => {
    expect(auroc([1, 1], [1, 1])).toBe(0.5);
    expect(auroc([1, 2], [1, 0])).toBe(0.875);
  });

  it('swapping the classes gives 1 − AUROC', () => {
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        expect(auroc(a, b)).toBeCloseTo(1 - auroc(b, a), 12);
      }),
    );
  });

  it('weighting cases equals repeating them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean(), fc.nat(3)), { maxLength: 25 }),
        (cases) => {
          const ranked = rankScores(
            cases.map(([score]) => score),
            Uint8Array.from(cases, ([, positive]) => (positive ? 1 : 0)),
          );
          const repeated = (wanted: boolean): number[] =>
            cases.flatMap(([score, positive, times]) =>
              positive === wanted ? new Array<number>(times).fill(score) : [],
            );
          const weighted = weightedAuroc(
            ranked,
            cases.map(([, , times]) => times),
          );
          if (repeated(true).length === 0 || repeated(false).length === 0) expect(weighted).toBeNull();
          else expect(weighted).toBeCloseTo(auroc(repeated(true), repeated(false)), 12);
        },
      ),
    );
  });

  it('DeLong intervals cover the true AUROC in about 95 % of samples', () => {
    const stream = random('delong-coverage');
    const truth = 0.7602499389065233; // Φ(1/√2)
    let covered = 0;
    for (let k = 0; k < 600; k++) {
      const positives = Array.from({ length: 60 }, () => 1 + stream.normal());
      const negatives = Array.from({ length: 80 }, () => stream.normal());
      const { low, high } = delong(positives, negatives);
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / 600).toBeGreaterThan(0.92);
    expect(covered / 600).toBeLessThan(0.98);
  });
});

describe('true-positive rate at a false-positive rate', () => {
  it('never splits tied scores', () => {
    expect(positivesAtFpr([1, 1, 1, 2], [1, 1, 0, 0], 0.25)).toBe(1);
  });

  it('allows exactly the asked share of false positives', () => {
    const negatives = Array.from({ length: 300 }, (_, i) => i);
    expect(positivesAtFpr([296.5, 295.5], negatives, 0.01)).toBe(1);
  });

  it('at zero false positives needs to beat every negative', () => {
    expect(positivesAtFpr([5, 6, 7], [6], 0)).toBe(1);
  });
});
