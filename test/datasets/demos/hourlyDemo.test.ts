import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { InputError } from '../../../src/cohort/inputError.js';
import { openDatabase, sqlFile } from '../../../src/cohort/table/duckdb.js';
import type { Cohort } from '../../../src/cohort/types.js';
import { requireConsistent } from '../../../src/cohort/validate.js';
import { eicuDemo } from '../../../src/datasets/demos/eicuDemo.js';
import { hourlyConcepts } from '../../../src/datasets/demos/hourlyConcepts.js';
import { hourlyDemoCohort } from '../../../src/datasets/demos/hourlyDemo.js';
import { failAt } from '../databaseFault.js';

/** Made-up tables in the form of the eICU demo and its hourly tables; persons X and Y, X in two hospitals. */
const patient = `patientunitstayid,uniquepid,hospitalid,age,gender,unittype,hospitaldischargestatus,unitdischargeoffset
1001,X,7,> 89,Female,MICU,Alive,5000
1002,Y,7,44,Male,SICU,Expired,300
1003,X,8,90,,MICU,,4320
1004,Z,8,50,Male,MICU,Alive,900
`;
const hospital = `hospitalid,numbedscategory,teachingstatus,region
7,<100,t,Midwest
8,,f,
`;

let folder = '';
let cohort: Cohort;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hourly-demo-'));
  const hourly = path.join(folder, eicuDemo.hourly);
  await mkdir(hourly, { recursive: true });
  await mkdir(path.join(folder, 'eicu-demo-2.0.1'));
  await writeFile(path.join(folder, eicuDemo.tables['patient']!), gzipSync(patient));
  await writeFile(path.join(folder, eicuDemo.tables['hospital']!), gzipSync(hospital));
  const database = await openDatabase({ folders: [hourly] });
  const empty = hourlyConcepts
    .filter(({ name }) => !['hr', 'ph'].includes(name))
    .map(({ name }) => `CAST(NULL AS DOUBLE) AS "${name}"`)
    .join(', ');
  await database.connection.run(
    `COPY (SELECT stay_id, "time", CAST(hr AS DOUBLE) AS hr, CAST(ph AS DOUBLE) AS ph, ${empty} FROM (VALUES
       (1001, 0, 80, NULL), (1001, 3600, NULL, 7.4), (1001, 7200, 95, 735), (1002, 0, 60, NULL), (1003, 0, NULL, NULL),
       (1003, 3600 * 47, 70, NULL), (1003, 3600 * 48, 71, NULL), (1003, 3600 * 60, 72, NULL)
     ) AS d(stay_id, "time", hr, ph)) TO ${sqlFile(path.join(hourly, 'dyn.parquet'))} (FORMAT parquet)`,
  );
  await database.connection.run(
    `COPY (SELECT * FROM (VALUES (1001, 160.0, 55.0), (1002, 500.0, 80.0), (1003, NULL, NULL)) AS s(stay_id, height, weight))
     TO ${sqlFile(path.join(hourly, 'sta.parquet'))} (FORMAT parquet)`,
  );
  database.close();
  cohort = await hourlyDemoCohort(folder, eicuDemo);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Row of a stay by hospital and length, which differ for all three. */
const stay = (id: string, length: number): number =>
  [...cohort.length.keys()].find(
    (row) => cohort.hospitals[cohort.hospital[row]!] === id && cohort.length[row] === length,
  )!;

function cell(row: number, t: number, name: string): number | null {
  const feature = cohort.schema.features.findIndex((one) => one.name === name);
  const at = (row * 48 + t) * cohort.schema.features.length + feature;
  return cohort.observed[at] === 1 ? cohort.values[at]! : null;
}

describe('hourlyDemoCohort', () => {
  it('takes the stays that have hours, at most 48 of them, and the features that somebody has', () => {
    requireConsistent(cohort, 'demo');
    expect(cohort.size).toBe(3);
    expect(cohort.schema.features.map(({ name }) => name)).toEqual(['hr', 'ph']);
    expect([...cohort.length].sort((a, b) => a - b)).toEqual([1, 3, 48]);
    expect(cell(stay('7', 3), 0, 'hr')).toBe(80);
    expect(cell(stay('7', 3), 1, 'ph')).toBeCloseTo(7.4, 6);
    expect(cell(stay('8', 48), 47, 'hr')).toBe(70);
  });

  it('leaves implausible values out and counts them', () => {
    expect(cell(stay('7', 3), 2, 'ph')).toBeNull();
    expect(cohort.schema.provenance.outOfRange).toEqual({ ph: '<11' });
  });

  it('gives one person one new id, also across hospitals, and none of the source', () => {
    expect(cohort.patients[stay('7', 3)]).toBe(cohort.patients[stay('8', 48)]);
    expect(new Set(cohort.patients).size).toBe(2);
    for (const id of cohort.patients) expect(['X', 'Y', 'Z']).not.toContain(id);
  });

  it('reads statics and labels: age above 89, blank hospital columns, unknown outcome', () => {
    const row = stay('8', 48);
    const statics = cohort.schema.statics.map(({ name, levels }, index) => {
      const at = row * cohort.schema.statics.length + index;
      if (cohort.staticsObserved[at] !== 1) return [name, null];
      return [name, levels === undefined ? cohort.statics[at]! : levels[cohort.statics[at]!]!];
    });
    expect(Object.fromEntries(statics)).toEqual({
      age: 90,
      sex: null,
      height: null,
      weight: null,
      unit: 'MICU',
      region: 'Unknown',
      beds: 'Unknown',
      teaching: 0,
    });
    expect([...cohort.labelsObserved.subarray(row * 2, row * 2 + 2)]).toEqual([0, 1]);
    expect([...cohort.labels.subarray(stay('7', 1) * 2, stay('7', 1) * 2 + 2)]).toEqual([1, 0]);
    expect([...cohort.labels.subarray(stay('7', 3) * 2, stay('7', 3) * 2 + 2)]).toEqual([0, 1]);
    expect(cohort.staticsObserved[stay('7', 1) * 8 + 2]).toBe(0);
  });

  it('names a missing file', async () => {
    const failure = await hourlyDemoCohort(path.join(folder, 'nowhere'), eicuDemo).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InputError);
    expect(String(failure)).toMatch(/dyn\.parquet/);
  });

  it('refuses other columns, and blames the files neither for a full disk nor for its own SQL', async () => {
    const other = { ...eicuDemo, tables: { ...eicuDemo.tables, patient: eicuDemo.tables['hospital']! } };
    await expect(hourlyDemoCohort(folder, other)).rejects.toThrow(/with their original columns/);
    const undo = failAt('CREATE VIEW "dyn"', 'IO Error: Could not write file: No space left on device');
    await expect(hourlyDemoCohort(folder, eicuDemo)).rejects.toThrow(/found a full disk/);
    undo();
    const sql = pathToFileURL(path.join(folder, 'nowhere.sql'));
    await expect(hourlyDemoCohort(folder, { ...eicuDemo, sql })).rejects.toThrow(/ENOENT.*nowhere\.sql/);
  });
});
