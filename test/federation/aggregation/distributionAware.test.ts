import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/engine/random.js';
import {
  distributionAware,
  relativeDistances,
  withFloor,
} from '../../../src/federation/aggregation/distributionAware.js';
import { fedavg } from '../../../src/federation/aggregation/fedavg.js';
import { roundOf } from './oneRound.js';

const draw = random(1, 'weights');
const summary = (mean: number[], variance: number[]) => ({
  mean: Float64Array.from(mean),
  variance: Float64Array.from(variance),
});
const updates = [120, 3, 55, 900].map((stays, k) => ({
  hospital: `h${k}`,
  stays,
  steps: 5,
  parameters: draw.fillNormal(new Float32Array(500)),
  summary: summary([0.1 * k, -0.3 * k * k], [1, 1 + 0.2 * k]),
}));

describe('T2: λ = 0', () => {
  it('is bit-equal to FedAvg, weights and parameters', () => {
    for (const distance of ['w2', 'kl', 'mmd'] as const) {
      const aware = distributionAware({ lambda: 0, distance, covariance: 'diagonal' }).aggregate(
        updates,
        {},
        random(1),
        roundOf(updates),
      );
      const averaged = fedavg.aggregate(updates, {}, random(1), roundOf(updates));
      expect(aware.parameters).toEqual(averaged.parameters);
      expect(aware.weights).toEqual(averaged.weights);
    }
  });

  it('does not depend on the order in which hospitals answer', () => {
    const rule = distributionAware({ lambda: 1, distance: 'w2', covariance: 'diagonal' });
    const forwards = rule.aggregate(updates, {}, random(1), roundOf(updates));
    const backwards = rule.aggregate([...updates].reverse(), {}, random(1), roundOf(updates));
    expect(backwards.parameters).toEqual(forwards.parameters);
  });

  it('returns the only hospital of a federation unchanged for any λ', () => {
    const result = distributionAware({ lambda: 2, distance: 'w2', covariance: 'diagonal' }).aggregate(
      [updates[2]!],
      {},
      random(1),
      roundOf([updates[2]!]),
    );
    expect(result.parameters).toEqual(updates[2]!.parameters);
  });
});

describe('distribution-aware weights', () => {
  it('favour typical hospitals for λ > 0 and atypical ones for λ < 0', () => {
    const equal = updates.slice(0, 3).map((update) => ({ ...update, stays: 100 }));
    const distances = relativeDistances(equal, 'w2');
    const far = distances.indexOf(Math.max(...distances));
    const near = distances.indexOf(Math.min(...distances));
    const typical = distributionAware({ lambda: 1, distance: 'w2', covariance: 'diagonal' }).aggregate(
      equal,
      {},
      random(1),
      roundOf(equal),
    ).weights;
    const atypical = distributionAware({ lambda: -1, distance: 'w2', covariance: 'diagonal' }).aggregate(
      equal,
      {},
      random(1),
      roundOf(equal),
    ).weights;
    expect(typical[`h${near}`]!).toBeGreaterThan(typical[`h${far}`]!);
    expect(atypical[`h${near}`]!).toBeLessThan(atypical[`h${far}`]!);
  });

  it('count a hospital that withholds its moments as typical', () => {
    const { summary: withheld, ...silent } = updates[1]!;
    expect(withheld).toBeDefined();
    expect(relativeDistances([updates[0]!, silent, updates[2]!], 'w2')[1]).toBe(1);
    expect(relativeDistances([silent, updates[2]!], 'w2')).toEqual([1, 1]);
  });

  it('keep every floor and add up to 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.nat(50)), {
          minLength: 1,
          maxLength: 8,
        }),
        (hospitals) => {
          const total = hospitals.reduce((sum, [weight]) => sum + weight, 0);
          const weights = hospitals.map(([weight]) => weight / total);
          const floors = hospitals.map(([, part]) => part / 50 / (2 * hospitals.length));
          const floored = withFloor(weights, floors);
          expect(floored.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
          floored.forEach((weight, k) => expect(weight).toBeGreaterThanOrEqual(floors[k]! - 1e-12));
        },
      ),
    );
  });

  it('never fall under min(w_k, 1/(5K)) however far a hospital is', () => {
    const far = [
      ...updates.slice(0, 3).map((update) => ({ ...update, stays: 100, summary: summary([0, 0], [1, 1]) })),
      { ...updates[3]!, stays: 100, summary: summary([40, 0], [1, 1]) },
      { ...updates[3]!, hospital: 'h4', stays: 100, summary: summary([0.1, 0], [1, 1]) },
    ];
    const { weights } = distributionAware({ lambda: 5, distance: 'w2', covariance: 'diagonal' }).aggregate(
      far,
      {},
      random(1),
      roundOf(far),
    );
    expect(Math.min(...Object.values(weights))).toBeCloseTo(1 / 25, 10);
  });

  it('stay finite for the strongest λ when one hospital is very far', () => {
    const far = Array.from({ length: 5 }, (_, k) => ({
      hospital: `h${k}`,
      stays: 100,
      steps: 5,
      parameters: updates[0]!.parameters,
      summary: summary([k === 4 ? 1000 : 0.01 * k, 0], [1, 1]),
    }));
    for (const lambda of [-10, 10]) {
      const { weights } = distributionAware({ lambda, distance: 'w2', covariance: 'diagonal' }).aggregate(
        far,
        {},
        random(1),
        roundOf(far),
      );
      expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(weights['h4']).toBeCloseTo(lambda < 0 ? 1 - 4 / 25 : 1 / 25, 10);
    }
  });
});
