import { describe, expect, it } from 'vitest';
import { random } from '../../src/engine/random.js';
import type { GeneratorModels } from '../../src/federation/generatorModels.js';
import { withLaplaceNoise } from '../../src/federation/local/laplaceNoise.js';
import { openHospital } from '../../src/federation/hospital.js';
import { plantedCohort } from '../trainers/plantedCohort.js';

const models: GeneratorModels = {
  get autoencoder(): never {
    throw new Error('no model in this test');
  },
  get tcvae(): never {
    throw new Error('no model in this test');
  },
  autoencoderAt: () => Promise.reject(new Error('no model in this test')),
  tcvaeAt: () => Promise.reject(new Error('no model in this test')),
  dispose: () => Promise.resolve(),
};

describe('noise on the histogram of conditions', () => {
  it.each([0.5, 2])('is Laplace with scale 1/ε: mean, mean size and tail (ε = %d)', (epsilon) => {
    const size = 200_000;
    const noise = withLaplaceNoise(new Float64Array(size).fill(1e4), epsilon, random('laplace', epsilon)).map(
      (count) => (count - 1e4) * epsilon,
    );
    const mean = (of: (x: number) => number) => noise.reduce((sum, x) => sum + of(x), 0) / size;
    // Standard errors are √2/√n = 0.003, 1/√n = 0.002 and 0.0005.
    expect(Math.abs(mean((x) => x))).toBeLessThan(0.016);
    expect(Math.abs(mean(Math.abs) - 1)).toBeLessThan(0.011);
    expect(Math.abs(mean((x) => (Math.abs(x) > 3 ? 1 : 0)) - Math.exp(-3))).toBeLessThan(0.0025);
  });

  it('leaves no count below 0', () => {
    const counts = withLaplaceNoise(new Float64Array(1000).fill(11), 0.01, random('low'));
    expect(Math.min(...counts)).toBe(0);
  });

  const cells = async (conditionNoise?: number, seed = 1) => {
    const hospital = openHospital('north', plantedCohort({ north: 200 }), {
      hospitals: ['north'],
      models,
      carry: { carryForward: true, carriedWeight: 0.3 },
      labelScale: 1,
      ...(conditionNoise === undefined ? {} : { conditionNoise }),
      seed,
      initialise: (layout) => new Float32Array(layout.size),
    });
    const innerEdges = [Float64Array.of(60), Float64Array.of(3)];
    const first = await hospital.answers.countConditions({ innerEdges });
    expect(await hospital.answers.countConditions({ innerEdges })).toEqual(first);
    return first.cells['north']!;
  };

  it('is absent by default, comes after small cells are merged, and is the same when asked again', async () => {
    const plain = await cells();
    expect(await cells(0)).toEqual(plain);
    expect(Math.min(...plain.counts)).toBeGreaterThanOrEqual(11);
    const noisy = await cells(1);
    expect(noisy.levels).toEqual(plain.levels);
    expect(noisy.counts).not.toEqual(plain.counts);
    noisy.counts.forEach((count, cell) => expect(Math.abs(count - plain.counts[cell]!)).toBeLessThan(15));
    expect((await cells(1, 2)).counts).not.toEqual(noisy.counts);
  });
});
