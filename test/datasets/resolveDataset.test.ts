import { describe, expect, it } from 'vitest';

import { contentHash } from '../../src/cohort/contentHash.js';
import { InputError } from '../../src/cohort/inputError.js';
import { partitionCohort } from '../../src/datasets/partition.js';
import { resolveDataset } from '../../src/datasets/resolveDataset.js';
import { simulate } from '../../src/datasets/simulated/simulate.js';

describe('resolveDataset', () => {
  it('gives the simulator with its parameters, the same cohort each time', async () => {
    const parameters = { hospitals: 2, patients: 30, eta: 0.3, seed: 5 };
    const first = await resolveDataset('simulated', parameters);
    const second = await resolveDataset('simulated', { ...parameters });
    expect(first.sha256).toEqual(second.sha256);
    expect(contentHash(await first.load())).toBe(contentHash(await second.load()));
    expect(first.schema.labels.map(({ name }) => name)).toEqual(['mortality']);
    expect(first.parameters).toMatchObject({ eta: 0.3, rho: 0.8, seed: 5 });
    expect(first.folder).toBeNull();
  });

  it('tells cohorts of other parameters and seeds apart', async () => {
    const keys = await Promise.all(
      [{}, { eta: 0.3 }, { seed: 1 }].map(
        async (parameters) => (await resolveDataset('simulated', parameters)).sha256['parameters'],
      ),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('hashes the files of a shipped dataset', async () => {
    const { sha256, folder } = await resolveDataset('physionet2012');
    expect(Object.keys(sha256).sort()).toEqual(['cohort.json', 'dynamic.parquet', 'static.parquet']);
    expect(folder).toMatch(/physionet2012$/);
  });

  it.each([
    ['simulated', { etta: 0.6 }, /eta/],
    ['simulated', { seed: -1 }, /seed/],
    ['eicu-demo', { partition: 'regions' }, /'regions'.*region/],
    ['physionet2012', { partition: 'region' }, /partition/],
    ['eicu-demo', { eta: 1 }, /eta/],
    ['eicu', {}, /eicu-demo/],
  ])('refuses %s with %j', async (id, parameters, message) => {
    const failure = await resolveDataset(id, parameters).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(String(failure)).toMatch(message);
  });
});

describe('partitionCohort', () => {
  it('refuses a static that is not there or not categorical', () => {
    const cohort = simulate({ hospitals: 2, patients: 10 }, 1).cohort();
    const partition = { name: 'age', statics: ['age'], id: (hospital: string) => hospital };
    expect(() => partitionCohort(cohort, partition)).toThrow(InputError);
  });
});
