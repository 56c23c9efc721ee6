import { describe, expect, it } from 'vitest';
import type { AggregationRule } from '../../../src/federation/aggregation/contract.js';
import { fedavg } from '../../../src/federation/aggregation/fedavg.js';
import { fedprox } from '../../../src/federation/aggregation/fedprox.js';
import { scaffold } from '../../../src/federation/aggregation/scaffold.js';
import { trainQuadratic, type QuadraticHospital } from './quadraticHospitals.js';

const drifting: Record<string, QuadraticHospital> = {
  a: { stays: 30, curvature: [1, 4], target: [1, -1], steps: 12 },
  b: { stays: 10, curvature: [5, 1], target: [-2, 3], steps: 12 },
};

/** Where the gradient of Σ n_k·loss_k is zero. */
const optimum = [0, 1].map((i) => {
  const sum = (pick: (hospital: QuadraticHospital) => number): number =>
    Object.values(drifting).reduce((total, hospital) => total + hospital.stays * pick(hospital), 0);
  return sum((h) => h.curvature[i]! * h.target[i]!) / sum((h) => h.curvature[i]!);
});

const distanceFromOptimum = async (rule: AggregationRule): Promise<number> => {
  const { parameters } = await trainQuadratic(rule, drifting, { rounds: 60, learningRate: 0.1 });
  return Math.hypot(...optimum.map((value, i) => parameters[i]! - value));
};

describe('scaffold', () => {
  it('comes to the optimum of all hospitals where FedAvg drifts away from it', async () => {
    expect(await distanceFromOptimum(fedavg)).toBeGreaterThan(0.2);
    expect(await distanceFromOptimum(scaffold)).toBeLessThan(0.02);
  });

  it('is FedAvg bit for bit when all hospitals are equal', async () => {
    const equal = { a: drifting['a']!, b: drifting['a']!, c: drifting['a']! };
    const options = { rounds: 6, learningRate: 0.1 };
    const corrected = await trainQuadratic(scaffold, equal, options);
    const averaged = await trainQuadratic(fedavg, equal, options);
    expect(corrected.parameters).toEqual(averaged.parameters);
    expect(corrected.events.map(({ weights }) => weights)).toEqual(
      averaged.events.map(({ weights }) => weights),
    );
  });
});

describe('fedprox', () => {
  it('is FedAvg bit for bit for μ = 0', async () => {
    const options = { rounds: 4, learningRate: 0.1 };
    expect(await trainQuadratic(fedprox({ mu: 0 }), drifting, options)).toEqual(
      await trainQuadratic(fedavg, drifting, options),
    );
  });

  it('holds a hospital at the minimum of its loss + (μ/2)·‖θ − θʳ‖²', async () => {
    const alone = { a: { stays: 1, curvature: [1, 4], target: [1, -1], steps: 400 } };
    const mu = 3;
    const { parameters } = await trainQuadratic(fedprox({ mu }), alone, { rounds: 1, learningRate: 0.02 });
    // From θʳ = 0: curvature·target / (curvature + μ).
    expect(parameters[0]).toBeCloseTo(1 / 4, 3);
    expect(parameters[1]).toBeCloseTo(-4 / 7, 3);
  });
});
