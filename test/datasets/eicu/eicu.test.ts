import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseCohortFile } from '../../../src/cohort/cohortFile.js';
import { splitCohort } from '../../../src/cohort/split.js';
import { writeCohort } from '../../../src/cohort/writeCohort.js';
import { readCohort } from '../../../src/cohort/readCohort.js';
import { openDatabase, sqlFile } from '../../../src/cohort/table/duckdb.js';
import { eicu } from '../../../src/datasets/eicu/eicu.js';
import {
  ingested,
  labelsOf,
  refusal,
  scratch,
  staticsOf,
  valueAt,
  writeTable,
  type Scratch,
} from '../ingest/sourceFolder.js';
import { hospitalLines, labLines, patientLines, writeEicu } from './eicuExtract.js';

let place: Scratch;

beforeAll(async () => {
  place = await scratch();
  await writeEicu(place.from);
});
afterAll(() => place.remove());

describe('eICU as a grid', () => {
  it('counts stays, patients, hospitals and deaths', async () => {
    const { cohort, result } = await ingested(eicu, place, 'all');
    expect(result).toMatchObject({ stays: 6, patients: 4, hospitals: 3 });
    // By hospital, then patient, then visit.
    expect(cohort.patients).toEqual(['p1', 'p2', 'p2', 'p1', 'p5', 'p3']);
    expect(labelsOf(cohort, 'mortality')).toEqual([0, 1, 1, 0, 0, null]);
    expect(cohort.schema.provenance.attrition?.map(({ remaining }) => remaining)).toEqual([7, 7, 6]);
    expect([...cohort.length]).toEqual([24, 24, 12, 24, 24, 2]);
  });

  it('says that hospitals with a single patient will not be scored', async () => {
    const { result } = await ingested(eicu, place, 'lone');
    expect(result.notes.join('\n')).toContain('hospitals with fewer than 2 patients: ');
    const larger = await ingested(eicu, place, 'larger', { hospitals: { kind: 'min', stays: 3 } });
    expect(larger.result.notes.join('\n')).not.toContain('fewer than 2 patients');
  });

  it('puts laboratory values on the hours of the ICU stay: median, own units, plausible range', async () => {
    const { cohort } = await ingested(eicu, place, 'labs');
    expect(valueAt(cohort, 0, 0, 'crea')).toBe(2);
    expect(valueAt(cohort, 0, 1, 'crea')).toBe(3);
    expect(valueAt(cohort, 0, 2, 'crea')).toBeNull();
    expect(valueAt(cohort, 0, 1, 'na')).toBeNull();
    expect(valueAt(cohort, 1, 0, 'cai')).toBeCloseTo(4 * 0.2495, 5);
    expect(valueAt(cohort, 1, 1, 'cai')).toBeCloseTo(1.1, 6);
    expect(valueAt(cohort, 1, 1, 'wbc')).toBe(8.5);
    // The result at minute 95 lies after the discharge at minute 90.
    expect(valueAt(cohort, 5, 1, 'na')).toBe(140);
    expect(valueAt(cohort, 3, 0, 'lact')).toBeNull();
    expect(cohort.schema.provenance).toMatchObject({
      outOfRange: { na: '<11', dbp: '<11', height: '<11' },
      converted: [{ variable: 'cai', from: 'mg/dl', values: '<11' }],
    });
  });

  it('averages vital signs and reads charted text', async () => {
    const { cohort } = await ingested(eicu, place, 'vitals');
    expect(valueAt(cohort, 0, 0, 'sbp')).toBeCloseTo(111, 5);
    expect(valueAt(cohort, 0, 0, 'dbp')).toBe(60);
    expect(valueAt(cohort, 0, 0, 'fio2')).toBe(45);
    expect(valueAt(cohort, 0, 0, 'hr')).toBeNull();
  });

  it('reads ages, sexes and sizes; implausible and blank ones are unknown', async () => {
    const { cohort } = await ingested(eicu, place, 'statics');
    expect(staticsOf(cohort, 'age')).toEqual([64, 90, 90, 64, 17, null]);
    expect(staticsOf(cohort, 'sex')).toEqual(['F', 'M', 'M', 'F', 'M', null]);
    expect(staticsOf(cohort, 'race')).toEqual(['White', 'Black', 'Black', 'White', 'Other', null]);
    expect(staticsOf(cohort, 'height')).toEqual([165, null, 180, 165, 170, null]);
  });

  it('marks drugs in the steps in which they are active', async () => {
    const { cohort } = await ingested(eicu, place, 'drugs', { features: 'drugs-labs' });
    const { steps } = cohort.schema;
    expect(steps).toBe(6);
    expect(cohort.schema.features.filter(({ kind }) => kind === 'binary')).toHaveLength(237);
    const course = (stay: number, drug: string): (number | null)[] =>
      Array.from({ length: cohort.length[stay]! }, (_, step) => valueAt(cohort, stay, step, drug));
    // Minutes 10 to 1500, and the unnamed order of the same code at 800.
    expect(course(0, 'hydrocodone')).toEqual([1, 1, 1, 0, 0]);
    expect(course(0, 'acetaminophen')).toEqual([1, 1, 1, 0, 0]);
    // Cancelled.
    expect(course(0, 'aspirin')).toEqual([0, 0, 0, 0, 0]);
    expect(course(1, 'norepinephrine')).toEqual([1, 0, 0, 0, 0, 0]);
    // Rate unknown, unparsable, 0 and 20.
    expect(course(1, 'propofol')).toEqual([1, 1, 0, 1, 0, 0]);
    // Hospital 20 documents no drug at all: unknown, not absent.
    expect(course(3, 'propofol')).toEqual([null, null, null]);
  });

  it('groups hospitals by region, region and beds, and unit', async () => {
    const groups = async (hospitalBy: string): Promise<readonly string[]> =>
      (await ingested(eicu, place, 'groups', { hospitalBy })).cohort.hospitals;
    expect(await groups('region')).toEqual(['Midwest', 'South', 'Unknown']);
    expect(await groups('region,beds')).toEqual([
      'Midwest, 100 - 249 beds',
      'South, >= 500 beds',
      'Unknown, Unknown beds',
    ]);
    expect(await groups('unit')).toEqual(['MICU', 'Med-Surg ICU', 'SICU']);
  });

  it('keeps adults, first stays and chosen hospitals', async () => {
    const adults = await ingested(eicu, place, 'adults', { adults: true });
    expect(adults.cohort.patients).toEqual(['p1', 'p2', 'p2', 'p1']);
    const first = await ingested(eicu, place, 'first', { firstStay: true });
    expect(first.cohort.patients).toEqual(['p1', 'p2', 'p1', 'p5', 'p3']);
    const large = await ingested(eicu, place, 'large', { hospitals: { kind: 'min', stays: 3 } });
    expect(large.cohort.hospitals).toEqual(['10']);
    const chosen = await ingested(eicu, place, 'chosen', { hospitals: { kind: 'ids', ids: ['30', '20'] } });
    expect(chosen.cohort.hospitals).toEqual(['20', '30']);
  });

  it('attaches the labels that it defines', async () => {
    const labels = ['los3', 'ventilation', 'sepsis'];
    const { cohort } = await ingested(eicu, place, 'labels', { labels });
    expect(labelsOf(cohort, 'los3')).toEqual([0, 1, 0, 0, 0, 0]);
    expect(labelsOf(cohort, 'ventilation')).toEqual([1, 1, 0, 0, 0, 0]);
    // Documented before admission is no sepsis of the stay.
    expect(labelsOf(cohort, 'sepsis')).toEqual([1, 0, 0, 0, 0, 0]);
    expect(Object.keys(cohort.schema.provenance.labelDefinitions ?? {}).sort()).toEqual([...labels].sort());
    expect(await refusal(eicu, place, { labels: ['mortalty'] })).toMatch(/Did you mean "mortality"/);
  });

  it('never splits a person who was in two hospitals', async () => {
    const wide = await scratch();
    try {
      // 60 people; every third has a stay in both hospitals.
      const lines = Array.from({ length: 60 }, (_, person) => {
        const stay = (id: number, hospital: number): string =>
          `${id},${id},Female,50,Caucasian,${hospital},1,165,${person % 5 === 0 ? 'Expired' : 'Alive'},MICU,1,70,600,person${person}`;
        return person % 3 === 0
          ? [stay(1000 + person, 10), stay(2000 + person, 20)]
          : [stay(1000 + person, person % 2 === 0 ? 10 : 20)];
      }).flat();
      await writeTable(wide.from, 'patient.csv', [patientLines[0]!, ...lines]);
      await writeTable(wide.from, 'hospital.csv', hospitalLines);
      await writeTable(wide.from, 'lab.csv', [
        labLines[0]!,
        ...lines.map((line, row) => `${row},${line.split(',', 1)[0]!},30,1,sodium,140,140,mmol/L,mmol/L,0`),
      ]);
      const { cohort } = await ingested(eicu, wide, 'two');
      expect(cohort.size).toBe(80);
      for (let seed = 0; seed < 20; seed++) {
        const parts = splitCohort(cohort, { train: 0.5, holdout: 0.3, reference: 0.2 }, seed);
        const [train, holdout, reference] = [parts.train, parts.holdout, parts.reference].map(
          ({ patients }) => new Set(patients),
        );
        expect([...train!].filter((person) => holdout!.has(person) || reference!.has(person))).toEqual([]);
        expect([...holdout!].filter((person) => reference!.has(person))).toEqual([]);
        expect(parts.train.size + parts.holdout.size + parts.reference.size).toBe(80);
      }
    } finally {
      await wide.remove();
    }
  });

  it('gives the same bytes again, with the hashes of what it read', async () => {
    const once = await ingested(eicu, place, 'once');
    const again = await ingested(eicu, place, 'again');
    for (const name of ['cohort.json', 'dynamic.parquet', 'static.parquet'])
      expect(await readFile(path.join(again.out, name))).toEqual(await readFile(path.join(once.out, name)));
    const lab = once.cohort.schema.provenance.sourceFiles?.find(({ name }) => name === 'lab.csv.gz');
    const bytes = await readFile(path.join(place.from, 'lab.csv.gz'));
    expect(lab).toEqual({
      name: 'lab.csv.gz',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('can be written and read again although a patient has several stays', async () => {
    const { cohort } = await ingested(eicu, place, 'rewritten');
    const folder = path.join(place.root, 'copy');
    await writeCohort(cohort, folder);
    expect(await readCohort(folder)).toEqual(cohort);
  });
});

describe('eICU as events', () => {
  it('lists the events of long enough stays in order', async () => {
    const { cohort, out } = await ingested(eicu, place, 'events', {
      form: 'events',
      windowMinutes: 720,
      stepMinutes: 60,
    });
    // Stays 104 (700 min) and 105 are too short; 102, 103 and 107 have fewer than six events.
    expect(cohort.schema.provenance.attrition?.map(({ remaining }) => remaining)).toEqual([7, 7, 6, 4, 1]);
    expect(cohort.patients).toEqual(['p1']);
    const file = path.join(out, 'cohort.json');
    const { tables, files } = parseCohortFile(await readFile(file, 'utf8'), file);
    expect(tables?.map(({ name, itemColumn }) => [name, itemColumn])).toEqual([
      ['lab', 'labname'],
      ['medication', 'drugname'],
      ['infusiondrug', 'drugname'],
    ]);
    expect(Object.keys(files)).toContain('events.parquet');
    const events = path.join(out, 'events.parquet');
    const database = await openDatabase({ files: [events] });
    try {
      const reader = await database.connection.runAndReadAll(
        `SELECT "table", minute, coalesce(labname, drugname), labresult FROM read_parquet(${sqlFile(events)})`,
      );
      expect(reader.getRows()).toEqual([
        ['lab', 0, 'creatinine', 1],
        ['medication', 10, 'HYDROCODONE-ACETAMINOPHEN 5-325 MG PO TABS', null],
        ['medication', 10, 'ASPIRIN 81 MG', null],
        ['lab', 30, 'creatinine', 2],
        ['lab', 59, 'creatinine', 6],
        ['lab', 60, 'creatinine', 3],
        ['lab', 61, 'sodium', 14000],
      ]);
    } finally {
      database.close();
    }
  });
});
