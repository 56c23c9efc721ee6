import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contentHash } from '../../../src/cohort/contentHash.js';
import { InputError } from '../../../src/cohort/inputError.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { publishedHospitals } from '../../../src/datasets/simulated/publishedHospitals.js';
import { simulate } from '../../../src/datasets/simulated/simulate.js';

describe('simulate', () => {
  it('has the published sizes and death rates by default', () => {
    const { truth, size, world } = simulate({}, 1);
    expect(size).toBe(39_728);
    expect(truth.hospitals.map(({ site, patients }) => [site, patients])).toEqual(
      publishedHospitals.map(({ id, patients }) => [id, patients]),
    );
    for (const [k, { deathRate }] of publishedHospitals.entries())
      expect(truth.hospitals[k]!.label.prevalence).toBeCloseTo(deathRate, 9);
    expect(world.features).toHaveLength(17 + 24);
  });

  it('gives drugs the planted density over all stays, whatever the hospitals do', () => {
    const { truth, schema } = simulate({ hospitals: 6, eta: 1.5, drugs: 40 }, 3);
    const pooled = truth.pooled.marginals('recorded');
    const drugs = schema.features.flatMap(({ kind }, index) => (kind === 'binary' ? [index] : []));
    for (const index of drugs) {
      expect(pooled[index]!.mean).toBeGreaterThanOrEqual(0.05 - 1e-9);
      expect(pooled[index]!.mean).toBeLessThanOrEqual(0.15 + 1e-9);
    }
  });

  it('draws valid cohorts of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 1, max: 5 }), (patients, steps) => {
        const simulation = simulate({ hospitals: 3, patients, steps, shortestStay: 1, drugs: 2 }, patients);
        const drawn = simulation.cohort();
        expect(simulation.size).toBe(patients);
        expect(drawn.size).toBe(patients);
        requireConsistent(drawn, 'simulated');
        expect(new Set(drawn.patients).size).toBe(patients);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same bytes for the same seed and others for another', () => {
    const hash = (seed: number): string =>
      contentHash(simulate({ hospitals: 2, patients: 50 }, seed).cohort());
    expect(hash(7)).toBe(hash(7));
    expect(hash(7)).not.toBe(hash(8));
  });

  it('draws the same stays whatever the chunk', () => {
    const simulation = simulate({ hospitals: 3, patients: 57, steps: 3 }, 2);
    const whole = simulation.cohort();
    for (const size of [1, 10, 56, 57, 1000]) {
      const chunks = [...simulation.chunks(size)];
      expect(chunks.flatMap(({ patients }) => patients)).toEqual(whole.patients);
      expect(chunks.flatMap(({ values }) => Array.from(values))).toEqual(Array.from(whole.values));
      expect(chunks.flatMap(({ observed }) => Array.from(observed))).toEqual(Array.from(whole.observed));
      expect(chunks.flatMap(({ labels }) => Array.from(labels))).toEqual(Array.from(whole.labels));
      expect(chunks.flatMap(({ hospital }) => Array.from(hospital))).toEqual(Array.from(whole.hospital));
    }
  });

  it('keeps memory to one chunk: the first chunk of a hundred million stays comes at once', () => {
    const simulation = simulate({ patients: 100_000_000 }, 1);
    expect(simulation.size).toBe(100_000_000);
    const first = simulation.chunks(20).next();
    expect(first.done === true ? 0 : first.value.size).toBe(20);
  });

  it('makes hospitals differ more the larger eta is', () => {
    const distance = (eta: number): number => {
      const { truth, schema } = simulate({ hospitals: 8, eta, drugs: 0 }, 6);
      const pooled = truth.pooled.marginals('complete');
      let sum = 0;
      for (const site of truth.hospitals)
        for (const [index, marginal] of site.marginals('complete').entries())
          sum += Math.abs(marginal.mean - pooled[index]!.mean) / pooled[index]!.sd;
      return sum / (schema.features.length * truth.hospitals.length);
    };
    const distances = [0, 0.3, 0.6, 1.5].map(distance);
    expect(distances[0]).toBeCloseTo(0, 9);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
  });

  it('leaves what is planted as it was when a drug or a hospital is added', () => {
    const few = simulate({ hospitals: 3, drugs: 2 }, 1).world;
    const more = simulate({ hospitals: 5, drugs: 9 }, 1).world;
    expect(more.features[3]!.loadings).toEqual(few.features[3]!.loadings);
    expect(more.features[18]!.loadings).toEqual(few.features[18]!.loadings);
    expect(more.hospitals[2]!.shift).toEqual(few.hospitals[2]!.shift);
  });

  it.each([
    [{ etta: 1 }, /eta/],
    [{ rho: 1 }, /rho/],
    [{ hospitals: 5, patients: 4 }, /patients/],
    [{ shortestStay: 9 }, /shortestStay/],
    [{ drugDensity: [0.2, 0.1] as [number, number] }, /drugDensity/],
    [
      {
        hospitals: [
          { id: 'A', patients: 5, deathRate: 0.1 },
          { id: 'A', patients: 5, deathRate: 0.1 },
        ],
      },
      /id twice/,
    ],
  ])('refuses %j', (parameters, message) => {
    expect(() => simulate(parameters as never, 1)).toThrow(InputError);
    expect(() => simulate(parameters as never, 1)).toThrow(message);
  });
});
