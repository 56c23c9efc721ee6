import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { tableAdapter } from '../../../src/datasets/table/tableAdapter.js';
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

const mapping = `
format: fedehr-table-mapping
version: 1
name: mine
licence: none
stays:
  file: stays.csv
  patient: person
  stay: encounter
  hospital: site
  start: admitted
  end: { column: discharged }
  age: years
  statics:
    - { name: sex, column: gender, kind: categorical, levels: [F, M] }
  labels:
    - { name: death, column: outcome, definition: died in hospital, positive: [dead], negative: [alive] }
measurements:
  - { name: labs, file: labs.csv.gz, stay: encounter, time: { column: taken }, layout: long, item: test, value: result, unit: unit, text: skip }
  - { name: vitals, file: vitals.csv, stay: encounter, time: { column: hour, unit: hours }, layout: wide }
drugs:
  - { name: orders, file: orders.csv, stay: encounter, start: { column: from_hour, unit: hours }, end: { column: to_hour, unit: hours }, drug: drug }
features:
  name: mine
  window: 4h
  step: 2h
  drugs: [heparin]
  concepts:
    - { name: crea, unit: mg/dL, units: { umol/l: 0.0113 }, range: [0, 40], aggregate: last, items: { table: { labs: [Creatinine] } } }
    - { name: hr, unit: bpm, range: [10, 300], aggregate: mean, items: { table: { vitals: [HeartRate] } } }
    - { name: vent, kind: binary, range: [0, 1], aggregate: any, items: { table: { vitals: [Ventilated] } } }
`;

let place: Scratch;
let file: string;

beforeEach(async () => {
  place = await scratch();
  file = path.join(place.root, 'mapping.yaml');
  await writeFile(file, mapping);
  await writeTable(place.from, 'stays.csv', [
    'person,encounter,site,admitted,discharged,years,gender,outcome',
    'ann,e1,North,2020-01-01 10:00:00,2020-01-01 15:00:00,40,F,alive',
    'ann,e2,South,2020-02-01 10:00:00,2020-02-01 13:00:00,40,F,dead',
    'bob,e3,South,2020-01-01 00:00:00,2020-01-02 00:00:00,17,X,',
  ]);
  await writeTable(place.from, 'labs.csv.gz', [
    'encounter,taken,test,result,unit',
    'e1,2020-01-01 10:30:00,creatinine,1.0,mg/dL',
    'e1,2020-01-01 11:30:00,Creatinine,100,umol/L',
    'e1,2020-01-01 12:30:00,Creatinine,high,mg/dL',
    'e2,2020-02-01 12:30:00,Creatinine,2.0,',
  ]);
  await writeTable(place.from, 'vitals.csv', [
    'encounter,hour,HeartRate,Ventilated,comment',
    'e1,0,80,0,calm',
    'e1,1.5,90,1,',
    'e1,2,100,0,',
    'e3,3.9,60,,',
  ]);
  await writeTable(place.from, 'orders.csv', ['encounter,from_hour,to_hour,drug', 'e1,-5,1,HEPARIN (PORCINE)', 'e2,2,,Heparin']);
});
afterEach(() => place.remove());

describe('own tables with a mapping file', () => {
  it('reads long and wide tables, dates and hours, drugs, statics and labels', async () => {
    const { cohort } = await ingested(await tableAdapter(file), place, 'grid', { labels: ['death'] });
    expect(cohort.schema).toMatchObject({ name: 'mine', steps: 2, stepHours: 2 });
    expect(cohort.patients).toEqual(['ann', 'ann', 'bob']);
    expect(cohort.hospitals).toEqual(['North', 'South']);
    expect([...cohort.length]).toEqual([2, 2, 2]);
    expect(labelsOf(cohort, 'death')).toEqual([0, 1, null]);
    expect(staticsOf(cohort, 'sex')).toEqual(['F', 'F', null]);
    expect(valueAt(cohort, 0, 0, 'crea')).toBeCloseTo(1.13, 5);
    expect(valueAt(cohort, 0, 1, 'crea')).toBeNull();
    expect(valueAt(cohort, 1, 1, 'crea')).toBe(2);
    expect(valueAt(cohort, 0, 0, 'hr')).toBe(85);
    expect([0, 1].map((step) => valueAt(cohort, 0, step, 'vent'))).toEqual([1, 0]);
    expect(valueAt(cohort, 2, 1, 'hr')).toBe(60);
    expect([0, 1].map((step) => valueAt(cohort, 0, step, 'heparin'))).toEqual([1, 0]);
    expect([0, 1].map((step) => valueAt(cohort, 1, step, 'heparin'))).toEqual([0, 1]);
    const adults = await ingested(await tableAdapter(file), place, 'adults', { labels: ['death'], adults: true });
    expect(adults.cohort.size).toBe(2);
  });

  it('refuses an absent column, file or value', async () => {
    const refused = async (from: string, to: string): Promise<string> => {
      await writeFile(file, mapping.replace(from, to));
      return refusal(await tableAdapter(file), place, { labels: ['death'] });
    };
    expect(await refused('value: result', 'value: resultt')).toMatch(
      /labs\.csv\.gz, table labs: expected a column resultt.*Did you mean "result"/,
    );
    expect(await refused('[HeartRate]', '[Heart Rate]')).toMatch(/expected a column heart rate|expected a column Heart Rate/);
    expect(await refused('vitals.csv', 'vital.csv')).toMatch(/table vitals: expected vital\.csv, found no such file/);
    expect(await refused(', text: skip', '')).toMatch(/labs\.csv\.gz, line 4, column result: expected a number/);
  });

  it('refuses mappings that are wrong', async () => {
    const refused = async (from: string, to: string): Promise<string> => {
      await writeFile(file, mapping.replace(from, to));
      return tableAdapter(file).then(
        () => 'accepted',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    };
    expect(await refused('patient: person', 'pateint: person')).toMatch(/stays.*pateint|stays\.patient/);
    expect(await refused('  start: admitted\n', '')).toMatch(/a unit \(minutes, hours, days\), or stays\.start/);
    expect(await refused('item: test, ', '')).toMatch(/measurements labs: expected item and value/);
    expect(await refused('name: orders', 'name: labs')).toMatch(/"labs" twice/);
    expect(await refused('[heparin]', '[heprin]')).toMatch(/Did you mean "heparin"/);
    await expect(tableAdapter(path.join(place.root, 'none.yaml'))).rejects.toThrow(/expected a mapping file/);
  });
});
