import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { InputError } from '../../../src/cohort/inputError.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { physionet2012Cohort } from '../../../src/datasets/physionet2012.js';
import { failAt } from '../databaseFault.js';

/** Made-up records in the challenge's own form. */
const records: Readonly<Record<string, string>> = {
  '100001': `Time,Parameter,Value
00:00,RecordID,100001
00:00,Age,70
00:00,Gender,1
00:00,Height,-1
00:00,ICUType,4
00:00,Weight,80
00:05,HR,80
00:55,HR,90
01:00,HR,100
01:10,Urine,30
01:50,Urine,20
02:00,MechVent,1
03:00,Weight,81
03:30,Weight,82
05:00,pH,735
05:00,Temp,-17.8
47:59,GCS,15
48:00,HR,99`,
  '100002': `Time,Parameter,Value
00:00,RecordID,100002
00:00,Age,50
00:00,Gender,-1
00:00,Height,170
00:00,ICUType,1
00:00,Weight,-1
10:00,Urine,4000
10:30,Urine,4000
12:00,NISysABP,0
12:00,HR,60`,
  '100003': `Time,Parameter,Value
00:00,RecordID,100003
00:00,Age,33
00:00,Gender,0
00:00,Height,160
00:00,ICUType,2
00:00,Weight,60`,
};
const outcomes = `RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death
100001,6,1,5,-1,0
100002,16,8,8,3,1
100003,21,11,19,-1,0`;

let folder = '';
let cohort: Cohort;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'challenge-2012-'));
  await mkdir(path.join(folder, 'set-a'));
  for (const [id, text] of Object.entries(records))
    await writeFile(path.join(folder, 'set-a', `${id}.txt`), `${text}\n`);
  await writeFile(path.join(folder, 'Outcomes-a.txt'), `${outcomes}\n`);
  cohort = await physionet2012Cohort(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function cell(hospital: string, t: number, name: string): number | null {
  const stay = cohort.hospital.indexOf(cohort.hospitals.indexOf(hospital));
  const feature = cohort.schema.features.findIndex((one) => one.name === name);
  const at = (stay * 48 + t) * cohort.schema.features.length + feature;
  return cohort.observed[at] === 1 ? cohort.values[at]! : null;
}

function description(hospital: string): (number | null)[] {
  const stay = cohort.hospital.indexOf(cohort.hospitals.indexOf(hospital));
  const width = cohort.schema.statics.length;
  return cohort.schema.statics.map((_, index) =>
    cohort.staticsObserved[stay * width + index] === 1 ? cohort.statics[stay * width + index]! : null,
  );
}

describe('physionet2012 adapter', () => {
  it('leaves out records without measurements and names hospitals after ICU types', () => {
    expect(cohort.size).toBe(2);
    expect(cohort.hospitals).toEqual(['CCU', 'SICU']);
    requireConsistent(cohort, 'physionet2012');
  });

  it('brings an hour onto one step: mean, sum, last value, ventilation', () => {
    expect(cell('SICU', 0, 'HR')).toBe(85);
    expect(cell('SICU', 1, 'HR')).toBe(100);
    expect(cell('SICU', 1, 'Urine')).toBe(50);
    expect(cell('SICU', 3, 'Weight')).toBe(82);
    expect(cell('SICU', 47, 'GCS')).toBe(15);
    expect(cell('SICU', 2, 'MechVent')).toBe(1);
    expect(cell('SICU', 3, 'MechVent')).toBe(0);
    expect(cell('SICU', 2, 'HR')).toBeNull();
  });

  it('takes the rows at 00:00 for descriptors, not for measurements, and −1 for unknown', () => {
    expect(cell('SICU', 0, 'Weight')).toBeNull();
    expect(description('SICU')).toEqual([70, 1, null, 80]);
    expect(description('CCU')).toEqual([50, null, 170, null]);
  });

  it('leaves out and counts implausible values, also an implausible sum', () => {
    expect(cell('SICU', 5, 'pH')).toBeNull();
    expect(cell('CCU', 12, 'NISysABP')).toBeNull();
    expect(cell('CCU', 10, 'Urine')).toBeNull();
    expect(cohort.schema.provenance.outOfRange).toEqual({
      pH: '<11',
      Temp: '<11',
      NISysABP: '<11',
      Urine: '<11',
    });
  });

  it('attaches death in hospital and new ids', () => {
    const died = (hospital: string): number =>
      cohort.labels[cohort.hospital.indexOf(cohort.hospitals.indexOf(hospital))]!;
    expect([died('CCU'), died('SICU')]).toEqual([1, 0]);
    expect([...cohort.patients].sort()).toEqual(['R0001', 'R0002']);
  });

  it('refuses folders without the challenge, without outcomes, and damaged files', async () => {
    await expect(physionet2012Cohort(path.join(folder, 'nowhere'))).rejects.toThrow(/set-a and set-b/);
    const other = path.join(folder, 'other');
    await mkdir(path.join(other, 'set-b'), { recursive: true });
    await writeFile(path.join(other, 'set-b', '200001.txt'), `Time,Parameter,Value\n00:00,Age,secret\n`);
    await expect(physionet2012Cohort(other)).rejects.toThrow(/Outcomes-b\.txt/);
    await writeFile(path.join(other, 'Outcomes-b.txt'), `${outcomes}\n`);
    const failure = await physionet2012Cohort(other).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect(String(failure)).not.toContain('secret');
    expect(String(failure)).toMatch(/200001\.txt, line 2, column Value: expected a number/);
  });

  it('does not blame the files for a lack of memory', async () => {
    const undo = failAt(
      'CREATE TABLE charted',
      'Out of Memory Error: could not allocate block of size 256.0 KiB',
    );
    await expect(physionet2012Cohort(folder)).rejects.toThrow(/expected enough memory to read the source/);
    undo();
  });
});
