import type { EventSource, IngestAdapter } from '../ingest/adapter.js';
import { sqlBeside } from '../ingest/sqlFile.js';
import { mimic4Tables } from './mimic4Tables.js';

/** Columns `c:name` (categorical) and `n:name` (continuous), in the source's order. */
function columns(list: string): EventSource['columns'] {
  return list.split(' ').map((entry) => ({
    name: entry.slice(2),
    kind: entry.startsWith('n:') ? 'continuous' : 'categorical',
  }));
}

const events: readonly EventSource[] = [
  {
    name: 'labevents',
    itemColumn: 'itemid',
    columns: columns(
      'c:itemid c:value n:valuenum c:valueuom n:ref_range_lower n:ref_range_upper c:flag c:priority c:comments',
    ),
    tables: ['labevents', 'd_labitems'],
    sql: 'events-labevents.sql',
  },
  {
    name: 'prescriptions',
    itemColumn: 'drug',
    columns: columns(
      'c:drug_type c:drug c:prod_strength n:dose_val_rx c:dose_unit_rx n:form_val_disp c:form_unit_disp n:doses_per_24_hrs c:route',
    ),
    tables: ['prescriptions'],
    sql: 'events-prescriptions.sql',
  },
  {
    name: 'inputevents',
    itemColumn: 'itemid',
    columns: columns(
      'c:itemid n:amount c:amountuom n:rate c:rateuom c:ordercategoryname c:secondaryordercategoryname c:ordercomponenttypedescription c:ordercategorydescription n:patientweight n:totalamount c:totalamountuom c:isopenbag n:originalamount n:originalrate',
    ),
    tables: ['inputevents', 'd_items'],
    sql: 'events-inputevents.sql',
  },
];

/** MIMIC-IV 2.2 and 3.x and the demo 2.2. */
export const mimic4: IngestAdapter = {
  id: 'mimic4',
  title: 'MIMIC-IV',
  licence:
    'MIMIC-IV: PhysioNet Credentialed Health Data Licence 1.5.0; MIMIC-IV Demo: Open Data Commons Open Database License 1.0',
  citation:
    'Johnson A, Bulgarelli L, Shen L, et al. MIMIC-IV, a freely accessible electronic health record dataset. Sci Data 10, 1 (2023).',
  itemsOf: ['mimic4'],
  tables: mimic4Tables,
  sql: sqlBeside(import.meta.url),
  stays: { tables: ['icustays', 'admissions', 'patients'], sql: 'stays.sql' },
  groupings: ['hospital', 'unit', 'anchor-years'],
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
        'invasive mechanical ventilation during the ICU stay (procedureevents 225792); 0 where there is no such procedure',
      tables: ['procedureevents'],
      sql: 'ventilation.sql',
    },
    sepsis: {
      definition:
        'sepsis billed for the hospital stay: ICD-9 995.91, 995.92, 785.52, 038.x; ICD-10 A40, A41, R65.20, R65.21; no time, not Sepsis-3',
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
    { tables: ['inputevents', 'd_items'], sql: 'inputevents.sql' },
  ],
  events,
  eventCondition: {
    step: 'same care unit at the beginning and the end of the ICU stay',
    condition: 'first_careunit = last_careunit',
  },
};
