import { describe, expect, it } from 'vitest';
import { trainerById, trainers } from '../../src/trainers/index.js';
import { plantedCohort, staysPerHospital } from './plantedCohort.js';

const train = plantedCohort({ north: 30, south: 20 });
const reference = plantedCohort({ north: 12, south: 9 }, 7);

async function synthesise(id: string, stays: Record<string, number>, seed = 1) {
  const generator = await trainerById(id).train({
    train,
    reference,
    parameters: {},
    seed: 1,
    engine: 'onnx',
    emit: () => undefined,
  });
  return generator.synthesise(stays, seed);
}

describe('reference generators', () => {
  it('copy gives the training stays in their order, under other ids', async () => {
    const copied = await synthesise('copy', { north: 30, south: 20 });
    expect(copied.values).toEqual(train.values);
    expect(copied.hospital).toEqual(train.hospital);
    expect(copied.patients.every((id) => id.startsWith('synthetic-'))).toBe(true);
  });

  it('copy draws stays of each hospital when another number is asked for', async () => {
    const copied = await synthesise('copy', { north: 45, south: 20 });
    expect(staysPerHospital(copied)).toEqual({ north: 45, south: 20 });
    const ages = new Set(train.statics.filter((_, i) => i % 2 === 0));
    for (let i = 0; i < copied.size; i++) expect(ages.has(copied.statics[2 * i]!)).toBe(true);
  });

  it('holdout gives reference stays, at most as many as exist', async () => {
    const fresh = await synthesise('holdout', { north: 10, south: 100 });
    expect(staysPerHospital(fresh)).toEqual({ north: 10, south: 9 });
    // South gives all of its stays, in cohort order; north a random part of them.
    expect(fresh.values.slice(10 * 24)).toEqual(reference.values.slice(12 * 24));
    const drawn = await Promise.all([1, 2, 3].map((seed) => synthesise('holdout', { north: 6 }, seed)));
    expect(new Set(drawn.map(({ statics }) => statics.join())).size).toBeGreaterThan(1);
    expect(await synthesise('holdout', { north: 10, south: 100 })).toEqual(fresh);
    const ages = [...reference.values.subarray(0, 12 * 24)].join();
    for (const { values } of drawn)
      for (let stay = 0; stay < 6; stay++)
        expect(ages).toContain([...values.subarray(stay * 24, (stay + 1) * 24)].join());
    expect(fresh.patients[0]).toBe('synthetic-000001');
  });

  it('marginals keeps what is observed per hospital and breaks the link to the label', async () => {
    const dealt = await synthesise('marginals', { north: 30, south: 20 });
    expect(dealt.observed.reduce((sum, cell) => sum + cell, 0)).toBe(
      train.observed.reduce((sum, cell) => sum + cell, 0),
    );
    expect(dealt.values).not.toEqual(train.values);
    expect(await synthesise('marginals', { north: 30, south: 20 })).toEqual(dealt);
    expect(staysPerHospital(await synthesise('marginals', { north: 50, south: 1 }))).toEqual({
      north: 50,
      south: 1,
    });
  });

  it('refuse parameters and hospitals that do not exist', async () => {
    expect(() => trainerById('copy').parameters.parse({ noise: 1 })).toThrow(/noise/);
    await expect(synthesise('copy', { west: 3 })).rejects.toThrow(/one of the hospitals north, south/);
  });
});

describe('the table of trainers', () => {
  it('has each id once and finds the likely meaning of a wrong one', () => {
    expect(new Set(trainers.map(({ id }) => id)).size).toBe(trainers.length);
    expect(() => trainerById('fedehrgen', 'trainers[0].id')).toThrow(
      /trainers\[0\]\.id: expected a trainer.*"fedehrgen".*fedehr-gen/,
    );
  });
});
