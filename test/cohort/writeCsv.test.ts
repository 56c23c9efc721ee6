import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { contentHash } from '../../src/cohort/contentHash.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { selectStays } from '../../src/cohort/select.js';
import { writeCsvCohort } from '../../src/cohort/writeCsv.js';
import { random } from '../../src/engine/random.js';
import { smallCohort } from './smallCohort.js';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'fedehr-csv-'));
});
afterAll(() => rm(root, { recursive: true }));

it('gives every float32 and every mask back', async () => {
  const small = smallCohort(12);
  const draw = random(1, 'csv');
  const values = small.values.map((value, at) => {
    const kind = small.schema.features[at % small.schema.features.length]!.kind;
    return small.observed[at] === 1 && kind === 'continuous' ? Math.fround(draw.uniform()) : value;
  });
  const cohort = { ...small, values };
  await writeCsvCohort(cohort, path.join(root, 'plain'));
  expect(contentHash(await readCohort(path.join(root, 'plain')))).toBe(contentHash(cohort));
});

it('quotes ids and levels with commas, quotes and line breaks, and keeps several stays of a patient', async () => {
  const small = smallCohort(12);
  const twice = selectStays(small, [0, 1, 2]);
  const cohort = { ...twice, patients: ['a "b", c', 'a "b", c', 'x\ny'] };
  await writeCsvCohort(cohort, path.join(root, 'quoted'));
  const read = await readCohort(path.join(root, 'quoted'));
  expect(read.patients).toEqual(cohort.patients);
  expect(read.values).toEqual(cohort.values);
  expect(await readFile(path.join(root, 'quoted', 'static.csv'), 'utf8')).toContain('stay_id');
});
