import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCohort } from '../../src/cohort/readCohort.js';
import { writeCohort } from '../../src/cohort/writeCohort.js';
import { smallCohort } from './smallCohort.js';

describe('a cohort folder', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fedehr-cohort-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('gives back what was written, wherever it lies', async () => {
    const cohort = smallCohort(3000);
    for (const name of ['plain', "o'hara", 'seed=1/patient_id=7', 'a [b]*?', 'späce ü'])
      expect(
        await writeCohort(cohort, path.join(root, name)).then(() => readCohort(path.join(root, name))),
      ).toEqual(cohort);
  });

  it('has the same bytes for the same cohort', async () => {
    const cohort = smallCohort(500);
    const [first, second] = [path.join(root, 'first'), path.join(root, 'second')];
    const hashes = await writeCohort(cohort, first);
    expect(await writeCohort(smallCohort(500), second)).toEqual(hashes);
    expect((await readdir(first)).sort()).toEqual(['cohort.json', 'dynamic.parquet', 'static.parquet']);
    for (const name of await readdir(first))
      expect((await readFile(path.join(first, name))).equals(await readFile(path.join(second, name)))).toBe(
        true,
      );
  });
});
