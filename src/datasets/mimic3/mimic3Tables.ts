import type { SourceTable } from '../ingest/adapter.js';

/** Tables of MIMIC-III that the adapter reads, with the column types of MIT-LCP/mimic-code. */
export const mimic3Tables: readonly SourceTable[] = [
  {
    name: 'icustays',
    presence: 'needed',
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      icustay_id: 'BIGINT',
      dbsource: 'VARCHAR',
      first_careunit: 'VARCHAR',
      intime: 'TIMESTAMP',
      outtime: 'TIMESTAMP',
    },
  },
  {
    name: 'admissions',
    presence: 'needed',
    columns: { hadm_id: 'BIGINT', ethnicity: 'VARCHAR', hospital_expire_flag: 'INTEGER' },
  },
  {
    name: 'patients',
    presence: 'needed',
    columns: { subject_id: 'BIGINT', gender: 'VARCHAR', dob: 'TIMESTAMP' },
  },
  {
    name: 'chartevents',
    presence: 'optional',
    columns: {
      subject_id: 'BIGINT',
      icustay_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      value: 'VARCHAR',
      valuenum: 'DOUBLE',
      valueuom: 'VARCHAR',
      error: 'INTEGER',
    },
  },
  {
    name: 'labevents',
    presence: 'needed',
    columns: {
      subject_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      valuenum: 'DOUBLE',
      valueuom: 'VARCHAR',
    },
  },
  {
    name: 'prescriptions',
    presence: 'optional',
    columns: { hadm_id: 'BIGINT', startdate: 'TIMESTAMP', enddate: 'TIMESTAMP', drug: 'VARCHAR' },
  },
  {
    name: 'inputevents_mv',
    presence: 'optional',
    columns: {
      icustay_id: 'BIGINT',
      starttime: 'TIMESTAMP',
      endtime: 'TIMESTAMP',
      itemid: 'BIGINT',
      statusdescription: 'VARCHAR',
    },
  },
  {
    name: 'inputevents_cv',
    presence: 'optional',
    columns: {
      icustay_id: 'BIGINT',
      charttime: 'TIMESTAMP',
      itemid: 'BIGINT',
      amount: 'DOUBLE',
      rate: 'DOUBLE',
    },
  },
  {
    name: 'procedureevents_mv',
    presence: 'optional',
    columns: { icustay_id: 'BIGINT', itemid: 'BIGINT' },
  },
  {
    name: 'd_items',
    presence: 'needed',
    columns: { itemid: 'BIGINT', label: 'VARCHAR' },
  },
  {
    name: 'diagnoses_icd',
    presence: 'optional',
    columns: { hadm_id: 'BIGINT', icd9_code: 'VARCHAR' },
  },
];
