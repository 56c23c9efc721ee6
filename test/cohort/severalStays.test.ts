import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatCohortFile, parseCohortFile } from '../../src/cohort/cohortFile.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { selectStays } from '../../src/cohort/select.js';
import type { Provenance } from '../../src/cohort/types.js';
import { writeCohort } from '../../src/cohort/writeCohort.js';
import { smallCohort, smallSchema } from './smallCohort.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fedehr-stays-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const description = {
  format: 'fedehr-cohort',
  version: 1,
  name: 'small',
  stepHours: 1,
  steps: 2,
  features: [{ name: 'HR', kind: 'continuous' }],
  provenance: { source: 'made up', licence: 'none', created_by: 'test' },
};

async function written(statics: string, dynamics: string): Promise<string> {
  await writeFile(path.join(folder, 'cohort.json'), JSON.stringify(description));
  await writeFile(path.join(folder, 'static.csv'), statics);
  await writeFile(path.join(folder, 'dynamic.csv'), dynamics);
  return folder;
}

async function refused(statics: string, dynamics: string): Promise<string> {
  return readCohort(await written(statics, dynamics)).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

describe('several stays of a patient', () => {
  it('are told apart by stay_id, also in different hospitals', async () => {
    const cohort = await readCohort(
      await written(
        'patient_id,hospital_id,stay_id\np,A,1\np,B,2\nq,B,3\n',
        'patient_id,hospital_id,stay_id,t,HR\nq,B,3,0,70\np,B,2,1,80\np,A,1,0,90\n',
      ),
    );
    expect(cohort.patients).toEqual(['p', 'p', 'q']);
    expect([...cohort.hospital]).toEqual([0, 1, 1]);
    expect([...cohort.length]).toEqual([1, 2, 1]);
    expect([...cohort.values]).toEqual([90, 0, 0, 80, 70, 0]);
  });

  it('are refused without stay_id, and stays that disagree are refused with it', async () => {
    expect(
      await refused('patient_id,hospital_id\np,A\np,A\n', 'patient_id,hospital_id,t,HR\np,A,0,1\n'),
    ).toMatch(/row 2: expected every patient in one row.*add a column stay_id/);
    const statics = 'patient_id,hospital_id,stay_id\np,A,1\np,B,2\n';
    expect(await refused(`${statics}q,A,1\n`, 'patient_id,hospital_id,stay_id,t,HR\np,A,1,0,1\n')).toMatch(
      /column stay_id, row 3: expected every stay in one row/,
    );
    expect(await refused(statics, 'patient_id,hospital_id,t,HR\np,A,0,1\n')).toMatch(/column stay_id/);
    expect(await refused(statics, 'patient_id,hospital_id,stay_id,t,HR\np,A,1,0,1\nq,B,2,0,1\n')).toMatch(
      /column patient_id, row 2: .*found another patient/,
    );
    expect(await refused(statics, 'patient_id,hospital_id,stay_id,t,HR\np,A,1,0,1\np,A,2,0,1\n')).toMatch(
      /column hospital_id, row 2: .*found another hospital/,
    );
  });

  it('survive writing and reading', async () => {
    const cohort = selectStays(smallCohort(20), [2, 3, 3, 5, 7, 7, 8]);
    const out = path.join(folder, 'out');
    await writeCohort(cohort, out);
    expect(await readCohort(out)).toEqual(cohort);
  });
});

describe('what an ingest records in cohort.json', () => {
  it('is read back as it was written', () => {
    const provenance: Provenance = {
      source: 'made up',
      licence: 'none',
      createdBy: 'test',
      citation: 'none',
      attrition: [{ step: 'all', remaining: 12, hospitals: { A: 12 } }],
      outOfRange: { HR: '<11' },
      converted: [{ variable: 'HR', from: 'per second', values: 40 }],
      unknownUnit: { HR: 11 },
      sourceFiles: [{ name: 'a.csv', bytes: 3, sha256: 'a'.repeat(64) }],
      settings: { windowHours: 24, adults: true, form: 'events' },
      labelDefinitions: { died: 'died in hospital' },
      notes: ['table b is absent'],
    };
    const given = {
      schema: { ...smallSchema, provenance },
      files: { 'events.parquet': 'b'.repeat(64) },
      tables: [
        { name: 'lab', itemColumn: 'name', columns: [{ name: 'name', kind: 'categorical' as const }] },
      ],
    };
    expect(parseCohortFile(formatCohortFile(given), 'cohort.json')).toEqual(given);
  });

  it('is described in one place with the key that is wrong', async () => {
    const file = path.join(await written('', ''), 'cohort.json');
    const text = await readFile(file, 'utf8');
    expect(() => parseCohortFile(text.replace('"created_by"', '"notez":[],"created_by"'), file)).toThrow(
      /provenance\.notez: .*Did you mean "notes"/,
    );
  });
});
