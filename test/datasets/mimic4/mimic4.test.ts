import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase, sqlFile } from '../../../src/cohort/table/duckdb.js';
import { mimic4 } from '../../../src/datasets/mimic4/mimic4.js';
import {
  ingested,
  labelsOf,
  scratch,
  staticsOf,
  valueAt,
  writeTable,
  type Scratch,
} from '../ingest/sourceFolder.js';

let place: Scratch;

/*
 * An invented extract in the schema of MIMIC-IV 2.2, without icu/chartevents.
 *
 * stay 301: subject 1, MICU to MICU, 2130-01-01 00:00 to 2130-01-05 00:00
 * stay 302: subject 2, MICU to SICU, 2140-01-01 00:00 to 2140-01-02 00:00; died
 */
async function writeMimic4(folder: string): Promise<void> {
  await writeTable(folder, 'icu/icustays.csv.gz', [
    'subject_id,hadm_id,stay_id,first_careunit,last_careunit,intime,outtime,los',
    '1,31,301,Medical Intensive Care Unit (MICU),Medical Intensive Care Unit (MICU),2130-01-01 00:00:00,2130-01-05 00:00:00,4',
    '2,32,302,Medical Intensive Care Unit (MICU),Surgical Intensive Care Unit (SICU),2140-01-01 00:00:00,2140-01-02 00:00:00,1',
  ]);
  await writeTable(folder, 'hosp/admissions.csv.gz', [
    'subject_id,hadm_id,admittime,dischtime,race,hospital_expire_flag',
    '1,31,2129-12-31 00:00:00,2130-01-09 00:00:00,WHITE - BRAZILIAN,0',
    '2,32,2140-01-01 00:00:00,2140-01-02 00:00:00,BLACK/CAPE VERDEAN,1',
  ]);
  await writeTable(folder, 'hosp/patients.csv.gz', [
    'subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod',
    '1,F,50,2128,2011 - 2013,',
    '2,M,91,2140,2014 - 2016,2140-01-02',
  ]);
  await writeTable(folder, 'hosp/labevents.csv.gz', [
    'labevent_id,subject_id,hadm_id,specimen_id,itemid,order_provider_id,charttime,storetime,value,valuenum,valueuom,ref_range_lower,ref_range_upper,flag,priority,comments',
    '1,1,31,1,50912,,2130-01-01 00:30:00,,1.5,1.5,mg/dL,0.4,1.1,abnormal,STAT,',
    '2,1,,1,50912,,2130-01-01 01:30:00,,1.6,1.6,mg/dL,0.4,1.1,abnormal,STAT,',
    '3,1,31,1,51237,,2130-01-01 02:00:00,,___,,,0.9,1.1,,ROUTINE,"HEMOLYZED, SLIGHTLY"',
    '4,2,32,1,50912,,2140-01-01 02:00:00,,1,1,mg/dL,0.4,1.1,,ROUTINE,',
  ]);
  await writeTable(folder, 'hosp/prescriptions.csv.gz', [
    'subject_id,hadm_id,pharmacy_id,starttime,stoptime,drug_type,drug,prod_strength,dose_val_rx,dose_unit_rx,form_val_disp,form_unit_disp,doses_per_24_hrs,route',
    '1,31,1,2130-01-01 04:00:00,2130-01-02 04:00:00,MAIN,Furosemide,40mg/4mL,40,mg,1,VIAL,2,IV',
    '1,31,2,2130-01-01 05:00:00,2130-01-01 04:00:00,MAIN,Acetaminophen,500mg,500-1000,mg,1,TAB,,PO',
    '1,31,3,2130-01-01 14:00:00,2130-01-02 04:00:00,MAIN,Heparin,5000,5000,UNIT,1,mL,3,SC',
  ]);
  await writeTable(folder, 'icu/inputevents.csv.gz', [
    'subject_id,hadm_id,stay_id,caregiver_id,starttime,endtime,storetime,itemid,amount,amountuom,rate,rateuom,orderid,linkorderid,ordercategoryname,secondaryordercategoryname,ordercomponenttypedescription,ordercategorydescription,patientweight,totalamount,totalamountuom,isopenbag,continueinnextdept,statusdescription,originalamount,originalrate',
    '1,31,301,9,2130-01-01 00:10:29,2130-01-01 13:00:00,2130-01-01 00:11:00,222168,20,mg,5,mg/hour,77,77,Drugs,,Main order parameter,Continuous Med,70,100,ml,0,0,FinishedRunning,20,5',
    '1,31,301,9,2130-01-01 03:00:00,2130-01-01 03:05:00,2130-01-01 00:11:00,222168,20,mg,5,mg/hour,78,78,Drugs,,Main order parameter,Continuous Med,70,100,ml,0,0,Stopped,20,5',
  ]);
  await writeTable(folder, 'icu/d_items.csv.gz', ['itemid,label', '222168,Propofol']);
  await writeTable(folder, 'hosp/d_labitems.csv.gz', ['itemid,label', '50912,Creatinine']);
  await writeTable(folder, 'icu/procedureevents.csv.gz', ['stay_id,itemid,ORIGINALAMOUNT', '301,225792,1']);
  await writeTable(folder, 'hosp/diagnoses_icd.csv.gz', [
    'subject_id,hadm_id,seq_num,icd_code,icd_version',
    '1,31,1,A419,10',
    '2,32,1,4280,9',
  ]);
}

beforeAll(async () => {
  place = await scratch();
  await writeMimic4(place.from);
});
afterAll(() => place.remove());

describe('MIMIC-IV', () => {
  it('makes a grid without chartevents, with a note', async () => {
    const { cohort, notes } = await ingested(mimic4, place, 'grid', {
      labels: ['mortality', 'los3', 'ventilation', 'sepsis'],
    });
    expect(notes.join('\n')).toMatch(/table chartevents is absent.*\n.*no source table for hr, /s);
    expect(cohort.patients).toEqual(['1', '2']);
    expect(staticsOf(cohort, 'age')).toEqual([52, 91]);
    expect(staticsOf(cohort, 'race')).toEqual(['White', 'Black']);
    expect(['mortality', 'los3', 'ventilation', 'sepsis'].map((label) => labelsOf(cohort, label))).toEqual([
      [0, 1],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(valueAt(cohort, 0, 0, 'crea')).toBe(1.5);
    // By time, also without a hospital stay.
    expect(valueAt(cohort, 0, 1, 'crea')).toBeCloseTo(1.6, 6);
  });

  it('reads chartevents when they are there', async () => {
    const charted = await scratch();
    try {
      await writeMimic4(charted.from);
      await writeTable(charted.from, 'icu/chartevents.csv.gz', [
        'subject_id,hadm_id,stay_id,caregiver_id,charttime,storetime,itemid,value,valuenum,valueuom,warning',
        '1,31,301,9,2130-01-01 00:30:00,2130-01-01 00:31:00,220045,88,88,bpm,0',
        '1,31,301,9,2130-01-01 00:30:00,2130-01-01 00:31:00,223761,100.4,100.4,°F,0',
      ]);
      const { cohort } = await ingested(mimic4, charted, 'grid');
      expect(valueAt(cohort, 0, 0, 'hr')).toBe(88);
      expect(valueAt(cohort, 0, 0, 'temp')).toBeCloseTo(38, 4);
    } finally {
      await charted.remove();
    }
  });

  it('marks drugs from start to stop', async () => {
    const { cohort } = await ingested(mimic4, place, 'drugs', { features: 'drugs-labs', windowMinutes: 2880 });
    const course = (drug: string): (number | null)[] =>
      [0, 1, 2, 3].map((step) => valueAt(cohort, 0, step, drug));
    expect(course('furosemide')).toEqual([1, 1, 1, 0]);
    expect(course('acetaminophen')).toEqual([1, 0, 0, 0]);
    expect(course('propofol')).toEqual([1, 1, 0, 0]);
  });

  it('lists the events of RawMed’s three tables', async () => {
    const { cohort, out } = await ingested(mimic4, place, 'events', {
      form: 'events',
      windowMinutes: 720,
      stepMinutes: 60,
    });
    // Stay 302 changes its care unit.
    expect(cohort.schema.provenance.attrition?.map(({ remaining }) => remaining)).toEqual([2, 2, 2, 2, 1, 1]);
    const file = path.join(out, 'events.parquet');
    const database = await openDatabase({ files: [file] });
    try {
      const rows = async (sql: string): Promise<unknown> =>
        (await database.connection.runAndReadAll(sql)).getRows();
      expect(
        await rows(
          `SELECT "table", minute, coalesce(itemid, drug), coalesce(value, amount::VARCHAR, dose_val_rx::VARCHAR) FROM read_parquet(${sqlFile(file)})`,
        ),
      ).toEqual([
        ['inputevents', 10, 'Propofol', '20.0'],
        ['labevents', 30, 'Creatinine', '1.5'],
        ['labevents', 120, '51237', '___'],
        ['inputevents', 180, 'Propofol', '20.0'],
        ['prescriptions', 240, 'Furosemide', '40.0'],
        ['prescriptions', 300, 'Acetaminophen', null],
      ]);
    } finally {
      database.close();
    }
  });
});
