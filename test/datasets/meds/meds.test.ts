import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, sqlFile } from '../../../src/cohort/table/duckdb.js';
import { meds } from '../../../src/datasets/meds/meds.js';
import {
  ingested,
  labelsOf,
  refusal,
  scratch,
  staticsOf,
  valueAt,
  type Scratch,
} from '../ingest/sourceFolder.js';

/*
 * Invented events. Subject 1: two ICU stays in one hospital stay, survives. Subject 2: dies before discharge.
 */
const events = [
  ['1', null, 'GENDER//F', null],
  ['1', '2100-01-01 00:00:00', 'MEDS_BIRTH', null],
  ['1', '2150-01-01 00:00:00', 'HOSPITAL_ADMISSION//URGENT//CLINIC', null],
  ['1', '2150-01-01 06:00:00', 'ICU_ADMISSION//MICU', null],
  ['1', '2150-01-01 06:30:00', 'LAB//50912//mg/dL', '1.5'],
  ['1', '2150-01-01 07:30:00', 'LAB//220045//bpm', '80'],
  ['1', '2150-01-01 07:40:00', 'LAB//220045//bpm', '90'],
  ['1', '2150-01-01 07:40:00', 'LAB//223761//°F', '98.6'],
  ['1', '2150-01-01 07:40:00', 'LAB//50820//UNK', '7.4'],
  ['1', '2150-01-01 07:45:00', 'MEDICATION//Furosemide//Administered', null],
  ['1', '2150-01-01 07:45:00', 'MEDICATION//Aspirin//Not Given', null],
  ['1', '2150-01-01 08:00:00', 'MEDICATION//START//Heparin', null],
  ['1', '2150-01-01 23:00:00', 'MEDICATION//STOP//Heparin', null],
  ['1', '2150-01-02 06:00:00', 'ICU_DISCHARGE//MICU', null],
  ['1', '2150-01-03 00:00:00', 'ICU_ADMISSION//SICU', null],
  ['1', '2150-01-03 02:10:00', 'LAB//50912//mg/dL', '2.5'],
  ['1', '2150-01-07 00:00:00', 'ICU_DISCHARGE//SICU', null],
  ['1', '2150-01-09 00:00:00', 'HOSPITAL_DISCHARGE//HOME', null],
  ['1', '2151-01-09 00:00:00', 'MEDS_DEATH', null],
  ['2', null, 'GENDER//M', null],
  ['2', '2080-01-01 00:00:00', 'MEDS_BIRTH', null],
  ['2', '2150-01-01 00:00:00', 'HOSPITAL_ADMISSION//URGENT//CLINIC', null],
  ['2', '2150-01-01 06:00:00', 'ICU_ADMISSION//MICU', null],
  ['2', '2150-01-01 07:30:00', 'LAB//50912//mg/dL', '3'],
  ['2', '2150-01-02 06:00:00', 'ICU_DISCHARGE//MICU', null],
  ['2', '2150-01-02 06:00:00', 'MEDS_DEATH', null],
  ['2', '2150-01-02 06:00:00', 'HOSPITAL_DISCHARGE//UNK', null],
] as const;

async function writeEvents(folder: string, shards: readonly string[], value: string): Promise<void> {
  const database = await openDatabase({ folders: [folder] });
  const literal = (cell: string | null): string => (cell === null ? 'NULL' : `'${cell}'`);
  try {
    for (const [index, shard] of shards.entries()) {
      const file = path.join(folder, shard);
      await mkdir(path.dirname(file), { recursive: true });
      const rows = events.filter(([subject]) => shards.length === 1 || Number(subject) === index + 1);
      await database.connection.run(
        `COPY (SELECT a::BIGINT AS subject_id, b::TIMESTAMP AS "time", c AS code, d::FLOAT AS ${value}
         FROM (VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}) t(a, b, c, d))
         TO ${sqlFile(file)} (FORMAT parquet)`,
      );
    }
  } finally {
    database.close();
  }
}

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
  await writeEvents(place.from, ['data/train/0.parquet', 'data/held_out/0.parquet'], 'numeric_value');
});
afterAll(() => place.remove());

describe('MEDS', () => {
  it('finds stays, people and outcomes in the codes', async () => {
    const { cohort, result } = await ingested(meds, place, 'grid', { labels: ['mortality', 'los3'] });
    expect(result).toMatchObject({ stays: 3, patients: 2, hospitals: 1 });
    expect(cohort.patients).toEqual(['1', '1', '2']);
    expect(staticsOf(cohort, 'sex')).toEqual(['F', 'F', 'M']);
    expect(staticsOf(cohort, 'age').map((age) => Math.round(Number(age)))).toEqual([50, 50, 70]);
    expect(labelsOf(cohort, 'mortality')).toEqual([0, 0, 1]);
    expect(labelsOf(cohort, 'los3')).toEqual([0, 1, 0]);
    expect(cohort.schema.provenance.sourceFiles?.map(({ name }) => name)).toEqual([
      path.join('data', 'held_out', '0.parquet'),
      path.join('data', 'train', '0.parquet'),
    ]);
  });

  it('reads values by MIMIC-IV item numbers and their units', async () => {
    const { cohort } = await ingested(meds, place, 'values');
    expect(valueAt(cohort, 0, 0, 'crea')).toBe(1.5);
    expect(valueAt(cohort, 0, 1, 'hr')).toBe(85);
    expect(valueAt(cohort, 0, 1, 'temp')).toBeCloseTo(37, 4);
    expect(valueAt(cohort, 0, 1, 'ph')).toBeCloseTo(7.4, 6);
    expect(valueAt(cohort, 1, 2, 'crea')).toBe(2.5);
  });

  it('marks drugs that were given, from start to stop', async () => {
    const { cohort } = await ingested(meds, place, 'drugs', { features: 'drugs-labs' });
    const course = (drug: string): (number | null)[] => [0, 1].map((step) => valueAt(cohort, 0, step, drug));
    expect(course('furosemide')).toEqual([1, 0]);
    expect(course('aspirin')).toEqual([0, 0]);
    expect(course('heparin')).toEqual([1, 1]);
  });

  it('takes one file and the older column name `value`, and groups by care unit', async () => {
    const old = await scratch();
    try {
      await writeEvents(old.from, ['events.parquet'], 'value');
      const { cohort } = await ingested(meds, old, 'grid', { hospitalBy: 'unit' });
      expect(cohort.hospitals).toEqual(['MICU', 'SICU']);
      expect(valueAt(cohort, 0, 0, 'crea')).toBe(1.5);
    } finally {
      await old.remove();
    }
  });

  it('refuses a folder without Parquet files and labels that codes do not define', async () => {
    const empty = await scratch();
    try {
      expect(await refusal(meds, empty)).toMatch(/table events: expected Parquet files/);
    } finally {
      await empty.remove();
    }
    expect(await refusal(meds, place, { labels: ['sepsis'] })).toMatch(
      /a label that meds supports: mortality, los3/,
    );
  });
});
