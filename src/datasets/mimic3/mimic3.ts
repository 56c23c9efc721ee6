import type { IngestAdapter } from '../ingest/adapter.js';
import { sqlBeside } from '../ingest/sqlFile.js';
import { mimic3Tables } from './mimic3Tables.js';

/** MIMIC-III 1.4 (CareVue and MetaVision) and its demo. */
export const mimic3: IngestAdapter = {
  id: 'mimic3',
  title: 'MIMIC-III Clinical Database 1.4',
  licence:
    'MIMIC-III: PhysioNet Credentialed Health Data Licence 1.5.0; MIMIC-III Demo: Open Data Commons Open Database License 1.0',
  citation:
    'Johnson A, Pollard T, Shen L, et al. MIMIC-III, a freely accessible critical care database. Sci Data 3, 160035 (2016).',
  itemsOf: ['mimic3'],
  tables: mimic3Tables,
  sql: sqlBeside(import.meta.url),
  stays: { tables: ['icustays', 'admissions', 'patients'], sql: 'stays.sql' },
  groupings: ['hospital', 'unit', 'dbsource'],
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
    { name: 'race', kind: 'categorical', levels: ['Asian', 'Black', 'Hispanic', 'Other', 'White'] },
  ],
  labels: {
    mortality: { definition: 'hospital death (hospital_expire_flag)', tables: [], sql: 'mortality.sql' },
    los3: { definition: 'ICU stay of more than 3 days (outtime − intime)', tables: [], sql: 'los3.sql' },
    ventilation: {
      definition:
        'invasive mechanical ventilation documented at any time of the ICU stay (procedure 225792 or a ventilator mode charted under 720 or 223849); 0 where neither says so',
      tables: ['procedureevents_mv', 'chartevents'],
      sql: 'ventilation.sql',
    },
    sepsis: {
      definition:
        'sepsis billed for the hospital stay: ICD-9 995.91, 995.92, 785.52 or 038.x; no time, not Sepsis-3',
      tables: ['diagnoses_icd'],
      sql: 'sepsis.sql',
    },
  },
  measurements: [
    { origins: ['chartevents'], tables: ['chartevents'], sql: 'chartevents.sql' },
    { origins: ['labevents'], tables: ['labevents'], sql: 'labevents.sql' },
  ],
  drugs: [
    { tables: ['prescriptions'], sql: 'prescriptions.sql' },
    { tables: ['inputevents_mv', 'd_items'], sql: 'inputevents_mv.sql' },
    { tables: ['inputevents_cv', 'd_items'], sql: 'inputevents_cv.sql' },
  ],
  events: [],
};
