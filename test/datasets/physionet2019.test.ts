import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { contentHash } from '../../src/cohort/contentHash.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { requireLabel, requireUsable } from '../../src/cohort/validate.js';
import type { Cohort } from '../../src/cohort/types.js';
import { datasetById, datasets } from '../../src/datasets/datasets.js';
import { physionet2019Cohort } from '../../src/datasets/physionet2019.js';
import { physionet2019Datasheet } from '../../src/datasets/physionet2019Datasheet.js';
import { ingestPhysionet2019 } from '../../src/datasets/physionet2019Dataset.js';
import { physionet2019Columns, physionet2019Features } from '../../src/datasets/physionet2019Schema.js';
import { failAt } from './databaseFault.js';

/** A made-up patient in the challenge's form; the age tells patients apart after renumbering. */
interface MadeUp {
  readonly age: number;
  readonly hours: readonly [number, number];
  readonly septicFrom?: number;
  readonly gender?: number;
  readonly unit1?: number;
  readonly unit2?: number;
  /** Value of a column at an hour. */
  readonly cells?: Readonly<Record<string, Readonly<Record<number, number>>>>;
}

const madeUp: Readonly<Record<'A' | 'B', readonly MadeUp[]>> = {
  A: [
    {
      age: 21,
      hours: [1, 30],
      septicFrom: 28,
      gender: 1,
      unit1: 1,
      unit2: 0,
      cells: { HR: { 1: 71.5, 24: 90, 25: 333 } },
    },
    { age: 22, hours: [1, 24] },
    { age: 23, hours: [1, 30], septicFrom: 24 },
    { age: 24, hours: [5, 26], gender: 0, cells: { FiO2: { 6: 40, 7: 0.4 }, Temp: { 5: 36.6, 9: 46 } } },
    { age: 25, hours: [25, 40] },
    { age: 26, hours: [1, 25], septicFrom: 25, gender: 0, unit1: 0, unit2: 1 },
  ],
  B: [
    { age: 31, hours: [1, 60], gender: 1, cells: { Platelets: { 2: 5, 3: 3000 } } },
    { age: 32, hours: [24, 25], septicFrom: 25, gender: 0, unit1: 1, unit2: 0 },
    { age: 33, hours: [1, 8] },
  ],
};

function psv(patient: MadeUp): string {
  const lines = [physionet2019Columns.join('|')];
  for (let hour = patient.hours[0]; hour <= patient.hours[1]; hour++)
    lines.push(
      physionet2019Columns
        .map((column) => {
          if (column === 'Age') return patient.age;
          if (column === 'Gender') return patient.gender ?? 0;
          if (column === 'Unit1') return patient.unit1 ?? Number.NaN;
          if (column === 'Unit2') return patient.unit2 ?? Number.NaN;
          if (column === 'HospAdmTime') return -0.03;
          if (column === 'ICULOS') return hour;
          if (column === 'SepsisLabel') return hour >= (patient.septicFrom ?? Infinity) ? 1 : 0;
          return patient.cells?.[column]?.[hour] ?? Number.NaN;
        })
        .join('|'),
    );
  return `${lines.join('\n')}\n`;
}

async function writeOriginalForm(folder: string): Promise<void> {
  for (const hospital of ['A', 'B'] as const) {
    const set = path.join(folder, `training_set${hospital}`);
    await mkdir(set, { recursive: true });
    for (const [index, patient] of madeUp[hospital].entries())
      await writeFile(path.join(set, `p${hospital === 'A' ? 0 : 1}0000${index + 1}.psv`), psv(patient));
  }
}

async function writeParquetForm(folder: string, original: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const hospital of ['A', 'B'])
    await connection.run(
      `COPY (SELECT '${hospital}' AS hospital, parse_filename(filename, true) AS pid, * EXCLUDE (filename)
       FROM read_csv('${original}/training_set${hospital}/*.psv', delim = '|', header = true, nullstr = 'NaN', filename = true)
       ORDER BY pid, ICULOS) TO '${folder}/set${hospital}.parquet' (FORMAT parquet)`,
    );
  connection.closeSync();
  instance.closeSync();
}

describe('the adapter of physionet2019', () => {
  let root = '';
  let original = '';
  let cohort: Cohort;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fedehr-physionet2019-'));
    original = path.join(root, 'original');
    await writeOriginalForm(original);
    cohort = await physionet2019Cohort(original);
  });
  afterAll(() => rm(root, { recursive: true }));

  const rowOfAge = (age: number): number =>
    [...cohort.patients.keys()].find((row) => cohort.statics[row * 3] === age) ?? -1;
  const cell = (age: number, feature: string, t: number): number | null => {
    const index = physionet2019Features.findIndex(({ name }) => name === feature);
    const at = (rowOfAge(age) * 24 + t) * 34 + index;
    return cohort.observed[at] === 1 ? cohort.values[at]! : null;
  };

  it('includes those in the ICU after hour 24, not septic until then and charted by then', () => {
    const ages = [...cohort.patients.keys()].map((row) => cohort.statics[row * 3]!).sort((a, b) => a - b);
    expect(ages).toEqual([21, 24, 26, 31, 32]);
    expect(cohort.schema.provenance.attrition).toEqual([
      { step: 'patients in the files', remaining: 9, hospitals: { A: 6, B: 3 } },
      expect.objectContaining({ remaining: 7, hospitals: { A: 5, B: 2 } }),
      expect.objectContaining({ remaining: 5, hospitals: { A: 3, B: 2 } }),
    ]);
    expect(cohort.hospitals).toEqual(['A', 'B']);
    expect([...cohort.length]).toEqual([24, 24, 24, 24, 24]);
  });

  it('labels sepsis after hour 24', () => {
    expect([21, 24, 26, 31, 32].map((age) => cohort.labels[rowOfAge(age)])).toEqual([1, 0, 1, 0, 1]);
  });

  it('puts hour ICULOS on step ICULOS − 1', () => {
    expect(cell(21, 'HR', 0)).toBe(71.5);
    expect(cell(21, 'HR', 23)).toBe(90);
    expect(cell(24, 'Temp', 4)).toBeCloseTo(36.6, 5);
    expect(cell(24, 'Temp', 0)).toBeNull();
    expect(cohort.observed.reduce((sum, one) => sum + one, 0)).toBe(6);
  });

  it('leaves values outside the range out and tells how many, small counts suppressed', () => {
    expect(cell(24, 'FiO2', 5)).toBeNull();
    expect(cell(24, 'FiO2', 6)).toBeCloseTo(0.4, 6);
    expect(cell(24, 'Temp', 8)).toBeNull();
    expect(cell(31, 'Platelets', 2)).toBe(3000);
    expect(cohort.schema.provenance.outOfRange).toEqual({ Temp: '<11', FiO2: '<11' });
  });

  it('reads sex and unit', () => {
    const level = (age: number, index: number): string =>
      cohort.schema.statics[index]!.levels![cohort.statics[rowOfAge(age) * 3 + index]!]!;
    expect([21, 24, 26].map((age) => level(age, 1))).toEqual(['M', 'F', 'F']);
    expect([21, 24, 26].map((age) => level(age, 2))).toEqual(['MICU', 'unknown', 'SICU']);
  });

  it('gives patients ids of its own, stays in their order', () => {
    expect(cohort.patients).toEqual(['A000001', 'A000002', 'A000003', 'B000001', 'B000002']);
    expect([...cohort.hospital]).toEqual([0, 0, 0, 1, 1]);
  });

  it('gives the same cohort from the Parquet form', async () => {
    const folder = path.join(root, 'parquet');
    await mkdir(folder);
    await writeParquetForm(folder, original);
    expect(contentHash(await physionet2019Cohort(folder))).toBe(contentHash(cohort));
  });

  it('writes a cohort folder with datasheet, licence and bibliography', async () => {
    const out = path.join(root, 'out');
    expect(await ingestPhysionet2019(original, out)).toEqual(cohort);
    expect((await readdir(out)).sort()).toEqual(
      [
        'CITATION.bib',
        'DATASHEET.md',
        'LICENSE.txt',
        'cohort.json',
        'dynamic.parquet',
        'static.parquet',
      ].sort(),
    );
    expect(await readCohort(out)).toEqual(cohort);
  });

  it('says what is missing', async () => {
    await expect(physionet2019Cohort(path.join(root, 'nowhere'))).rejects.toThrow(/found no folder/);
    const half = path.join(root, 'half');
    await mkdir(path.join(half, 'training_setA'), { recursive: true });
    await writeFile(path.join(half, 'training_setA', 'p1.psv'), psv(madeUp.A[0]!));
    await expect(physionet2019Cohort(half)).rejects.toThrow(
      /expected setB\.parquet or training_setB\/\*\.psv/,
    );
    await writeFile(path.join(half, 'setB.parquet'), 'no parquet');
    await expect(physionet2019Cohort(half)).rejects.toThrow(/expected the challenge's files/);
  });

  it('does not blame the files for a lack of memory', async () => {
    const undo = failAt(
      'CREATE TABLE hours',
      'Out of Memory Error: could not allocate block of size 256.0 KiB',
    );
    await expect(physionet2019Cohort(original)).rejects.toThrow(/expected enough memory to read the source/);
    undo();
  });
});

describe('the shipped physionet2019', () => {
  let cohort: Cohort;
  beforeAll(async () => {
    cohort = await datasetById('physionet2019').load();
  });

  it('has 12,489 and 11,503 patients, 760 and 489 of them septic after hour 24', () => {
    const count = (hospital: number, label: number): number =>
      [...cohort.hospital.keys()].filter(
        (row) => cohort.hospital[row] === hospital && cohort.labels[row] === label,
      ).length;
    expect(cohort.hospitals).toEqual(['A', 'B']);
    expect([count(0, 0), count(0, 1), count(1, 0), count(1, 1)]).toEqual([11729, 760, 11014, 489]);
    expect(cohort.size).toBe(23992);
    expect(cohort.length.every((length) => length === 24)).toBe(true);
    expect(cohort.schema.features).toEqual(physionet2019Features);
    expect(cohort.schema.provenance.attrition?.at(-1)?.hospitals).toEqual({ A: 12489, B: 11503 });
  });

  it('can be run on, with ids of its own', () => {
    requireUsable(cohort, 'physionet2019');
    expect(requireLabel(cohort, 'sepsis', 'physionet2019')).toBe(0);
    expect(cohort.patients.every((id) => /^[AB]0\d{5}$/.test(id))).toBe(true);
  });

  it('has charted shares near those of the complete stays: EtCO2 none at A, DBP far apart', () => {
    const charted = (hospital: number, feature: string): number => {
      const index = physionet2019Features.findIndex(({ name }) => name === feature);
      let observed = 0;
      let cells = 0;
      for (let row = 0; row < cohort.size; row++)
        if (cohort.hospital[row] === hospital)
          for (let t = 0; t < 24; t++) {
            observed += cohort.observed[(row * 24 + t) * 34 + index]!;
            cells += 1;
          }
      return (100 * observed) / cells;
    };
    expect(charted(0, 'EtCO2')).toBe(0);
    expect(Math.abs(charted(1, 'EtCO2') - 7.6)).toBeLessThan(2);
    expect(Math.abs(charted(0, 'DBP') - 51.9)).toBeLessThan(5);
    expect(Math.abs(charted(1, 'DBP') - 86.1)).toBeLessThan(5);
    expect(Math.abs(charted(0, 'HR') - 92.2)).toBeLessThan(5);
  });

  it('has the datasheet that its own numbers give, a licence and a citation', async () => {
    const { folder } = datasetById('physionet2019');
    expect(await readFile(path.join(folder, 'DATASHEET.md'), 'utf8')).toBe(physionet2019Datasheet(cohort));
    expect(await readFile(path.join(folder, 'LICENSE.txt'), 'utf8')).toMatch(
      /creativecommons\.org\/licenses\/by\/4\.0/,
    );
    expect(await readFile(path.join(folder, 'CITATION.bib'), 'utf8')).toMatch(
      /10\.1097\/CCM\.0000000000004145/,
    );
  });
});

describe('datasets', () => {
  it('are found by id, with the likely meaning of a wrong one', () => {
    for (const dataset of datasets) expect(datasetById(dataset.id)).toBe(dataset);
    expect(() => datasetById('physionet-2019', 'datasets[0].id')).toThrow(
      /datasets\[0\]\.id: expected a dataset that ships .* found "physionet-2019"\. Did you mean "physionet2019"/,
    );
  });
});
