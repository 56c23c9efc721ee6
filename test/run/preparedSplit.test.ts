import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { preparedSplit } from '../../src/run/preparedSplit.js';
import type { PreparedDataset } from '../../src/run/plan.js';
import { smallTables, writeTables } from '../cli/smallCohort.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedehr-split-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('a dataset that could not be read is read again when the next job asks, and then kept', async () => {
  const dataset: PreparedDataset = {
    name: 'cohort',
    source: { path: join(root, 'cohort') },
    title: '',
    licence: '',
    citation: '',
    patientsPerHospital: null,
    steps: null,
    label: 'death',
    split: { train: 0.5, holdout: 0.3, reference: 0.2, by: 'patient', seed: 0 },
    sha256: {},
  };
  await writeTables(join(root, 'elsewhere'), smallTables(40));
  await expect(preparedSplit(dataset)).rejects.toThrow();
  await rename(join(root, 'elsewhere'), join(root, 'cohort'));
  const { train } = await preparedSplit(dataset);
  expect(train.size).toBe(40);
  expect((await preparedSplit({ ...dataset })).train).toBe(train);
});
