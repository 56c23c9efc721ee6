import type { HourlyDemo } from './hourlyDemo.js';
import { eicuDemoCitation, odbl } from './demoNotices.js';

/** eICU Collaborative Research Database Demo 2.0.1 on the hourly grid of YAIB. */
export const eicuDemo: HourlyDemo = {
  id: 'eicu-demo',
  hourly: 'yaib-demo/demo_data/los/eicu_demo',
  tables: {
    patient: 'eicu-demo-2.0.1/patient.csv.gz',
    hospital: 'eicu-demo-2.0.1/hospital.csv.gz',
  },
  sql: new URL('./eicuDemo.sql', import.meta.url),
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
    { name: 'height', kind: 'continuous', unit: 'cm', range: [100, 250] },
    { name: 'weight', kind: 'continuous', unit: 'kg', range: [20, 400] },
    {
      name: 'unit',
      kind: 'categorical',
      levels: ['CCU-CTICU', 'CSICU', 'CTICU', 'Cardiac ICU', 'MICU', 'Med-Surg ICU', 'Neuro ICU', 'SICU'],
    },
    { name: 'region', kind: 'categorical', levels: ['Midwest', 'Northeast', 'South', 'West', 'Unknown'] },
    { name: 'beds', kind: 'categorical', levels: ['<100', '100 - 249', '250 - 499', '>= 500', 'Unknown'] },
    { name: 'teaching', kind: 'binary' },
  ],
  labels: [
    { name: 'mortality', kind: 'binary' },
    { name: 'los3', kind: 'binary' },
  ],
  provenance: {
    source:
      'eICU Collaborative Research Database Demo 2.0.1 (https://doi.org/10.13026/4mxk-na84), hourly tables of its vital signs and laboratory values by YAIB',
    licence: odbl,
    createdBy: 'fedehr-bench, adapter eicu-demo, version 1',
    citation: eicuDemoCitation,
    labelDefinitions: {
      mortality: 'hospital death: hospitaldischargestatus Expired (1) or Alive (0); blank is unknown',
      los3: 'unit stay of more than 3 days (unitdischargeoffset)',
    },
  },
};
