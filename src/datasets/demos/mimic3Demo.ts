import type { HourlyDemo } from './hourlyDemo.js';
import { mimic3DemoCitation, odbl } from './demoNotices.js';

/** MIMIC-III Clinical Database Demo 1.4 on the hourly grid of YAIB. */
export const mimic3Demo: HourlyDemo = {
  id: 'mimic3-demo',
  hourly: 'yaib-demo/demo_data/los/mimic_demo',
  tables: {
    icustays: 'mimic-iii-demo-1.4/ICUSTAYS.csv.gz',
    admissions: 'mimic-iii-demo-1.4/ADMISSIONS.csv.gz',
    patients: 'mimic-iii-demo-1.4/PATIENTS.csv.gz',
  },
  sql: new URL('./mimic3Demo.sql', import.meta.url),
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
    { name: 'height', kind: 'continuous', unit: 'cm', range: [100, 250] },
    { name: 'weight', kind: 'continuous', unit: 'kg', range: [20, 400] },
    { name: 'unit', kind: 'categorical', levels: ['CCU', 'CSRU', 'MICU', 'SICU', 'TSICU'] },
    { name: 'charting', kind: 'categorical', levels: ['carevue', 'metavision'] },
  ],
  labels: [
    { name: 'mortality', kind: 'binary' },
    { name: 'los3', kind: 'binary' },
  ],
  provenance: {
    source:
      'MIMIC-III Clinical Database Demo 1.4 (https://doi.org/10.13026/C2HM2Q), hourly tables of its vital signs and laboratory values by YAIB',
    licence: odbl,
    createdBy: 'fedehr-bench, adapter mimic3-demo, version 1',
    citation: mimic3DemoCitation,
    labelDefinitions: {
      mortality: 'death in the hospital stay (hospital_expire_flag)',
      los3: 'ICU stay of more than 3 days (los)',
    },
  },
};
