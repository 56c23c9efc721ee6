import type { IngestAdapter } from '../ingest/adapter.js';
import { sqlBeside } from '../ingest/sqlFile.js';

/** Any dataset in the Medical Event Data Standard: subject_id, time, code, numeric_value. */
export const meds: IngestAdapter = {
  id: 'meds',
  title: 'a dataset in the Medical Event Data Standard',
  licence: 'that of the source data',
  citation: 'Medical Event Data Standard, https://medical-event-data-standard.github.io; cite the source data as well.',
  itemsOf: ['meds', 'mimic4'],
  tables: [
    {
      name: 'events',
      presence: 'needed',
      everyParquet: true,
      columns: {
        subject_id: 'BIGINT',
        time: 'TIMESTAMP',
        code: 'VARCHAR',
        numeric_value: 'DOUBLE',
      },
      aliases: { numeric_value: ['value'], subject_id: ['patient_id'], time: ['timestamp'] },
    },
  ],
  sql: sqlBeside(import.meta.url),
  stays: { tables: ['events'], sql: 'stays.sql' },
  groupings: ['hospital', 'unit'],
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
  ],
  labels: {
    mortality: {
      definition:
        'death before the end of the hospital stay: the HOSPITAL_DISCHARGE code says so, or MEDS_DEATH lies before it',
      tables: [],
      sql: 'mortality.sql',
    },
    los3: { definition: 'stay of more than 3 days', tables: [], sql: 'los3.sql' },
  },
  measurements: [
    { origins: ['code', 'chartevents', 'labevents'], tables: ['events'], sql: 'measurements.sql' },
  ],
  drugs: [{ tables: ['events'], sql: 'drugs.sql' }],
  events: [],
};
