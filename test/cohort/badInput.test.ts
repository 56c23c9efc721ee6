import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { InputError } from '../../src/cohort/inputError.js';
import { readCohort } from '../../src/cohort/readCohort.js';
import { writeCohort } from '../../src/cohort/writeCohort.js';
import { smallCohort } from './smallCohort.js';

const description = {
  format: 'fedehr-cohort',
  version: 1,
  name: 'tiny',
  stepHours: 1,
  steps: 3,
  features: [
    { name: 'HR', kind: 'continuous', unit: 'bpm', range: [0, 350] },
    { name: 'ventilated', kind: 'binary' },
    { name: 'rhythm', kind: 'categorical', levels: ['sinus', 'AF'] },
  ],
  statics: [{ name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] }],
  labels: [{ name: 'died', kind: 'binary' }],
  provenance: { source: 'made up', licence: 'none', created_by: 'test' },
};

const dynamicRows = [
  'patient_id,hospital_id,t,HR,ventilated,rhythm',
  'SECRET-1,A,0,71.5,0,sinus',
  'SECRET-1,A,1,72.5,,AF',
  'SECRET-2,A,0,,1,',
  'SECRET-3,B,2,88.25,1,sinus',
];
const staticRows = [
  'patient_id,hospital_id,age,died',
  'SECRET-1,A,61.5,0',
  'SECRET-2,A,,1',
  'SECRET-3,B,77.5,0',
];

describe('bad input', () => {
  let root = '';
  let count = 0;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fedehr-bad-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  interface Folder {
    json?: unknown;
    dynamic?: readonly string[];
    static?: readonly string[];
  }

  async function folderOf(parts: Folder): Promise<string> {
    const folder = path.join(root, `cohort${count++}`);
    await mkdir(folder);
    const json = parts.json ?? description;
    await writeFile(path.join(folder, 'cohort.json'), typeof json === 'string' ? json : JSON.stringify(json));
    await writeFile(path.join(folder, 'dynamic.csv'), (parts.dynamic ?? dynamicRows).join('\n'));
    await writeFile(path.join(folder, 'static.csv'), (parts.static ?? staticRows).join('\n'));
    return folder;
  }

  /** The message without the folder; every message names a file in it and never a patient. */
  async function messageOf(folder: string): Promise<string> {
    const error: unknown = await readCohort(folder).then(
      () => new Error('was read'),
      (fault: unknown) => fault,
    );
    if (!(error instanceof InputError)) throw error;
    expect(error.message.startsWith(folder)).toBe(true);
    expect(error.message).not.toContain('SECRET');
    expect(error.fault.remedy).not.toBe('');
    return error.message.slice(folder.length + 1);
  }

  const messageOfParts = async (parts: Folder): Promise<string> => messageOf(await folderOf(parts));
  const withCell = (rows: readonly string[], row: number, column: number, cell: string): string[] =>
    rows.map((line, index) => (index === row ? line.split(',').with(column, cell).join(',') : line));
  const dynamicCell = (row: number, column: number, cell: string): Promise<string> =>
    messageOfParts({ dynamic: withCell(dynamicRows, row, column, cell) });

  it('is told from good input', async () => {
    const cohort = await readCohort(await folderOf({}));
    expect(cohort.hospitals).toEqual(['A', 'B']);
    expect([...cohort.length]).toEqual([2, 1, 3]);
    expect(cohort.values[cohort.schema.features.length]).toBe(72.5);
  });

  it('missing folder, missing files', async () => {
    expect(await messageOf(path.join(root, 'nowhere'))).toMatch(
      /expected a cohort folder, found nothing of that name/,
    );
    const empty = path.join(root, 'empty');
    await mkdir(empty);
    expect(await messageOf(empty)).toMatch(/^cohort\.json: expected the file that describes the cohort/);
    const folder = await folderOf({});
    await rm(path.join(folder, 'static.csv'));
    expect(await messageOf(folder)).toMatch(/expected one file static\.parquet \| static\.csv .* found none/);
    await writeFile(path.join(folder, 'static.csv'), staticRows.join('\n'));
    await writeFile(path.join(folder, 'dynamic.csv.gz'), gzipSync(dynamicRows.join('\n')));
    expect(await messageOf(folder)).toMatch(/found dynamic\.csv and dynamic\.csv\.gz\. Keep one of them/);
  });

  it('damaged tables', async () => {
    const folder = path.join(root, 'truncated');
    await writeCohort(smallCohort(200), folder);
    const file = path.join(folder, 'dynamic.parquet');
    const whole = await readFile(file);
    await truncate(file, 1000);
    expect(await messageOf(folder)).toMatch(
      /^dynamic\.parquet: expected a readable Parquet file, found a truncated/,
    );
    whole.fill(0xff, 100, 400); // footer intact, pages not
    await writeFile(file, whole);
    expect(await messageOf(folder)).toMatch(/^dynamic\.parquet: expected the sha256 that cohort\.json lists/);
    const json = path.join(folder, 'cohort.json');
    await writeFile(json, (await readFile(json, 'utf8')).replace(/,\s*"files": \{[^}]*\}/, ''));
    expect(await messageOf(folder)).toMatch(/^dynamic\.parquet: .*truncated or damaged/);
    await rm(file);
    await writeFile(path.join(folder, 'dynamic.arrow'), 'ARROW1 but no more');
    expect(await messageOf(folder)).toMatch(/^dynamic\.arrow: .*damaged or compressed/);
    await rm(path.join(folder, 'dynamic.arrow'));
    await writeFile(
      path.join(folder, 'dynamic.csv.gz'),
      gzipSync(dynamicRows.join('\n').repeat(500)).subarray(0, 60),
    );
    expect(await messageOf(folder)).toMatch(/^dynamic\.csv\.gz/);
    expect(await messageOfParts({ dynamic: [...dynamicRows, 'SECRET-1,A,2,77'] })).toMatch(
      /^dynamic\.csv, line 6: expected comma-separated text .* with 6 cells a line/,
    );
  });

  it('wrong cohort.json', async () => {
    const { features } = description;
    const json = (change: object): Promise<string> => messageOfParts({ json: { ...description, ...change } });
    expect(await messageOfParts({ json: '{ "format": ' })).toMatch(/^cohort\.json: expected JSON/);
    expect(await json({ version: 2 })).toMatch(/version: expected "1", found 2/);
    expect(await json({ stepHour: 1 })).toMatch(
      /stepHour: .*unknown key "stepHour"\. Did you mean "stepHours"/,
    );
    expect(await json({ steps: '24' })).toMatch(/steps: expected number, found "24"/);
    expect(await json({ features: [] })).toMatch(/features: /);
    expect(await json({ features: [{ name: 'HR', kind: 'continous' }] })).toMatch(
      /features\[0\]\.kind: expected "continuous" \| "binary" \| "categorical", found "continous"\. Did you mean "continuous"/,
    );
    expect(await json({ features: [{ ...features[0], units: 'bpm' }] })).toMatch(
      /features\[0\]\.units: .*Did you mean "unit"/,
    );
    expect(await json({ features: [{ name: 'HR', kind: 'continuous', range: [9, 1] }] })).toMatch(
      /features\[0\]: expected a range \[low, high\] with low < high/,
    );
    expect(await json({ features: [{ name: 'HR', kind: 'categorical' }] })).toMatch(
      /features\[0\]: expected levels/,
    );
    expect(await json({ features: [{ name: 'HR', kind: 'binary', levels: ['a'] }] })).toMatch(
      /expected no levels/,
    );
    expect(await json({ features: [{ name: 'T', kind: 'binary' }] })).toMatch(
      /expected a name other than patient_id/,
    );
    expect(await json({ labels: [{ name: 'hr', kind: 'binary' }] })).toMatch(
      /variable hr: expected different names/,
    );
    expect(await json({ provenance: { source: 'x', licence: 'y' } })).toMatch(
      /provenance\.created_by: expected string/,
    );
    expect(await json({ tables: [] })).toMatch(/tables: expected .*>=1/);
    expect(await json({ files: { 'lost.csv': '0'.repeat(64) } })).toMatch(
      /files\.lost\.csv: expected the listed file/,
    );
  });

  it('wrong columns', async () => {
    const renamed = (from: string, to: string): Promise<string> =>
      messageOfParts({ dynamic: [dynamicRows[0]!.replace(from, to), ...dynamicRows.slice(1)] });
    expect(await renamed('rhythm', 'Rythm')).toMatch(
      /^dynamic\.csv, column Rythm: .*unknown column "Rythm"\. Did you mean "rhythm"/,
    );
    expect(await renamed('HR', 'hr')).toMatch(/unknown column "hr"\. Did you mean "HR"/);
    expect(await renamed('HR,', 'HR,HR,')).toMatch(/line 1: .*found "HR" twice/);
    expect(
      await messageOfParts({ dynamic: dynamicRows.map((row) => row.slice(0, row.lastIndexOf(','))) }),
    ).toMatch(/^dynamic\.csv, column rhythm: expected the column "rhythm", found no such column/);
    const indexed = (rows: readonly string[]): string[] =>
      rows.map((row, i) => `${i === 0 ? '' : i - 1},${row}`);
    expect(await messageOfParts({ dynamic: indexed(dynamicRows) })).toMatch(
      /^dynamic\.csv, line 1: .*found an empty name\. .*first column is often an index: leave it out/,
    );
    expect(await messageOfParts({ static: staticRows.map((row) => `${row},1`) })).toMatch(
      /^static\.csv, column 1: .*unknown column "1"\. Describe it in cohort\.json or leave it out/,
    );
  });

  it('CSV without a header, with other separators or line ends: no row is quoted', async () => {
    const noHeader =
      /^static\.csv, line 1: expected a header line .* patient_id among them, found a line without that name/;
    expect(await messageOfParts({ static: staticRows.slice(1) })).toMatch(noHeader);
    for (const [separator, words] of [
      [';', 'semicolons'],
      ['\t', 'tabs'],
    ] as const)
      expect(
        await messageOfParts({ static: staticRows.map((row) => row.replaceAll(',', separator)) }),
      ).toMatch(new RegExp(`^static\\.csv, line 1: .*found names separated by ${words}\\. .*commas`));
    expect(
      await messageOfParts({ static: staticRows.map((row) => row.replace('patient_id', 'subject_id')) }),
    ).toMatch(/^static\.csv, line 1: .*found names without it\. Name the column of the patients patient_id/);
    expect(await messageOfParts({ static: [''] })).toMatch(/^static\.csv, line 1: .*found an empty line/);
    expect(await messageOfParts({ static: ['', ...staticRows] })).toMatch(/found an empty line/);
    const folder = await folderOf({
      static: [staticRows.join('\r\n')],
      dynamic: ['\uFEFF' + dynamicRows.join('\r')],
    });
    expect((await readCohort(folder)).size).toBe(3);
  });

  it('text in UTF-16 and gzip under another name', async () => {
    const withBytes = async (bytes: Uint8Array, name = 'static.csv'): Promise<string> => {
      const folder = await folderOf({});
      await rm(path.join(folder, 'static.csv'));
      await writeFile(path.join(folder, name), bytes);
      return messageOf(folder);
    };
    const text = staticRows.join('\n');
    expect(await withBytes(Buffer.from(`\ufeff${text}`, 'utf16le'))).toMatch(
      /^static\.csv, line 1: expected .*UTF-8, found text in UTF-16\. /,
    );
    expect(await withBytes(gzipSync(text))).toMatch(/found a gzipped file\. .*ends in \.csv\.gz/);
    expect(await withBytes(gzipSync(gzipSync(text)), 'static.csv.gz')).toMatch(
      /^static\.csv\.gz, line 1: .*a gzipped file in a gzipped file\. Gzip it once/,
    );
  });

  it('wrong column types in Parquet', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const typed = async (patient: string, t: string, hr: string, rhythm: string): Promise<string> => {
      const folder = await folderOf({});
      await rm(path.join(folder, 'dynamic.csv'));
      await connection.run(
        `COPY (SELECT ${patient} AS patient_id, 'A' AS hospital_id, ${t} AS t, ${hr} AS "HR", 1 AS ventilated,
         ${rhythm} AS rhythm) TO '${path.join(folder, 'dynamic.parquet')}' (FORMAT parquet)`,
      );
      return messageOf(folder);
    };
    const type = (column: string, expected: string, found: string): RegExp =>
      new RegExp(`^dynamic\\.parquet, column ${column}: expected ${expected}, found the type ${found}`);
    expect(await typed('17', '0', '70.0', "'AF'")).toMatch(type('patient_id', 'text', 'INTEGER'));
    expect(await typed("'x'", '0.0::DOUBLE', '70.0', "'AF'")).toMatch(type('t', 'integers', 'DOUBLE'));
    expect(await typed("'x'", '0', "'70'", "'AF'")).toMatch(type('HR', 'numbers', 'VARCHAR'));
    expect(await typed("'x'", '0', "DATE '2020-01-01'", "'AF'")).toMatch(type('HR', 'numbers', 'DATE'));
    expect(await typed("'x'", '0', '70.0', '1')).toMatch(type('rhythm', 'text \\(the level\\)', 'INTEGER'));
    connection.closeSync();
    instance.closeSync();
  });

  it('wrong steps', async () => {
    expect(await dynamicCell(2, 2, '0')).toMatch(
      /^dynamic\.csv, column t, row 2: expected one row .* step 0 of the same patient again/,
    );
    expect(await dynamicCell(1, 2, '-1')).toMatch(
      /column t, row 1: expected a step from 0, found a negative step/,
    );
    expect(await dynamicCell(4, 2, '3')).toMatch(/column t, row 4: expected steps 0 to 2, found step 3/);
    expect(await dynamicCell(4, 2, '3600')).toMatch(/a step is one hour since admission/);
    expect(await dynamicCell(3, 2, '0.5')).toMatch(/row 3: expected an integer step .*found a number with d/);
    expect(await dynamicCell(3, 2, '')).toMatch(/row 3: expected an integer step .*found an empty cell/);
    expect(await dynamicCell(3, 2, 'inf')).toMatch(/column t, row 3: expected an integer step/);
    expect(await dynamicCell(3, 2, '2026-01-01 01:00')).toMatch(
      /found text\. Turn times into whole steps of one hour since admission/,
    );
  });

  it('steps that are counted from 1', async () => {
    const shifted = dynamicRows.map((row, i) => {
      const cells = row.split(',');
      return i === 0 ? row : cells.with(2, String(Number(cells[2]) + 1)).join(',');
    });
    expect(await messageOfParts({ dynamic: shifted })).toMatch(
      /row 4: expected steps 0 to 2, found step 3, and no step 0 before\. Count steps from 0/,
    );
  });

  it('wrong values, told by column, row and count and never by value', async () => {
    expect(await dynamicCell(4, 3, '1e300')).toMatch(
      /^dynamic\.csv, column HR, row 4: expected finite numbers from 0 to 350 bpm, found 1 cell above its range/,
    );
    const twice = withCell(withCell(dynamicRows, 1, 3, '350.123'), 4, 3, '4711.5');
    const message = await messageOfParts({ dynamic: twice });
    expect(message).toMatch(/column HR, row 1: expected .* found 2 cells above its range/);
    expect(message).not.toMatch(/350\.123|4711/);
    expect(await dynamicCell(2, 3, '-0.5')).toMatch(/column HR, row 2: .*1 cell below its range/);
    expect(await dynamicCell(2, 3, 'NaN')).toMatch(/column HR, row 2: .*1 cell NaN or infinite.*Write null/);
    expect(await dynamicCell(2, 3, '-inf')).toMatch(/1 cell NaN or infinite/);
    expect(await dynamicCell(2, 3, '72;5')).toMatch(/column HR, row 2: .*1 cell not a number/);
    expect(await dynamicCell(2, 4, '2')).toMatch(
      /column ventilated, row 2: expected 0 or 1, found 1 cell neither 0 nor 1/,
    );
    expect(await dynamicCell(2, 5, 'Sinus')).toMatch(
      /column rhythm, row 2: expected one of the levels sinus, AF, found 1 cell not one of its levels/,
    );
    const both = withCell(withCell(dynamicRows, 1, 3, '400'), 1, 4, '0.5');
    expect(await messageOfParts({ dynamic: both })).toMatch(
      /column HR, row 1: .*\(and faults in 1 further column\)/,
    );
    expect(await messageOfParts({ static: withCell(staticRows, 3, 2, '121') })).toMatch(
      /^static\.csv, column age, row 3: expected finite numbers from 0 to 120 years, found 1 cell above/,
    );
    expect(await messageOfParts({ static: withCell(staticRows, 1, 3, 'yes') })).toMatch(
      /^static\.csv, column died, row 1: expected 0 or 1, found 1 cell not a number\. Write 0 and 1/,
    );
  });

  it('ids that went through floats are refused, truth values in words are not', async () => {
    const ids = (rows: readonly string[]) => rows.map((row) => row.replace('SECRET-1', '17.0'));
    const message = await messageOfParts({ static: ids(staticRows), dynamic: ids(dynamicRows) });
    expect(message).toMatch(/^static\.csv, column patient_id, row 1: .*a whole number with "\.0" behind it/);
    expect(message).not.toContain('17');
    expect(await messageOfParts({ static: withCell(staticRows, 2, 1, '3.0') })).toMatch(/column hospital_id/);
    const words = withCell(withCell(staticRows, 1, 3, 'False'), 2, 3, 'true');
    expect([...(await readCohort(await folderOf({ static: words }))).labels]).toEqual([0, 1, 0]);
  });

  it('takes values on the bounds of a range that 32-bit numbers round', async () => {
    const json = { ...description, features: [{ name: 'pH', kind: 'continuous', range: [6.9, 7.1] }] };
    const folder = await folderOf({
      json,
      dynamic: ['patient_id,hospital_id,t,pH', 'SECRET-1,A,0,6.9', 'SECRET-2,A,0,7.1', 'SECRET-3,B,0,7'],
    });
    expect([...(await readCohort(folder)).observed]).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0]);
  });

  it('patients and hospitals that disagree', async () => {
    expect(await messageOfParts({ static: staticRows.slice(0, 3) })).toMatch(
      /^dynamic\.csv, column patient_id, row 4: expected only patients of .*static\.csv, found 1 other patient\./,
    );
    expect(await messageOfParts({ dynamic: dynamicRows.slice(0, 3) })).toMatch(
      /^static\.csv, column patient_id, row 2: expected only patients of .*dynamic\.csv, found 2 patients without any step/,
    );
    expect(await messageOfParts({ static: [...staticRows, 'SECRET-1,B,61.5,0'] })).toMatch(
      /^static\.csv, column patient_id, row 4: .*the patient of row 1 in another hospital/,
    );
    expect(await messageOfParts({ static: [...staticRows, 'SECRET-1,A,61.5,0'] })).toMatch(
      /the patient of row 1 again/,
    );
    expect(await dynamicCell(2, 1, 'B')).toMatch(
      /^dynamic\.csv, column hospital_id, row 2: .*found another hospital/,
    );
    expect(await dynamicCell(2, 0, '')).toMatch(
      /column patient_id, row 2: expected a patient id, found none/,
    );
    expect(await messageOfParts({ static: withCell(staticRows, 2, 1, '') })).toMatch(
      /^static\.csv, column hospital_id, row 2: expected a hospital id, found none/,
    );
  });

  it('an empty cohort', async () => {
    expect(
      await messageOfParts({ dynamic: dynamicRows.slice(0, 1), static: staticRows.slice(0, 1) }),
    ).toMatch(/^static\.csv: expected at least one stay, found an empty cohort/);
  });
});
