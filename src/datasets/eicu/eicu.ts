import type { EventSource, IngestAdapter } from '../ingest/adapter.js';
import { sqlBeside } from '../ingest/sqlFile.js';
import { eicuTables } from './eicuTables.js';

const lab: EventSource = {
  name: 'lab',
  itemColumn: 'labname',
  columns: [
    { name: 'labtypeid', kind: 'categorical' },
    { name: 'labname', kind: 'categorical' },
    { name: 'labmeasurenamesystem', kind: 'categorical' },
    { name: 'labmeasurenameinterface', kind: 'categorical' },
    { name: 'labresult', kind: 'continuous' },
    { name: 'labresulttext', kind: 'continuous' },
  ],
  tables: ['lab'],
  sql: 'events-lab.sql',
};

const medication: EventSource = {
  name: 'medication',
  itemColumn: 'drugname',
  columns: ['drugivadmixture', 'drugname', 'dosage', 'routeadmin', 'frequency', 'loadingdose', 'prn'].map(
    (name) => ({ name, kind: 'categorical' as const }),
  ),
  tables: ['medication'],
  sql: 'events-medication.sql',
};

const infusionDrug: EventSource = {
  name: 'infusiondrug',
  itemColumn: 'drugname',
  columns: [
    { name: 'drugname', kind: 'categorical' },
    { name: 'drugrate', kind: 'continuous' },
    { name: 'infusionrate', kind: 'continuous' },
    { name: 'drugamount', kind: 'continuous' },
    { name: 'volumeoffluid', kind: 'continuous' },
    { name: 'patientweight', kind: 'continuous' },
  ],
  tables: ['infusiondrug'],
  sql: 'events-infusionDrug.sql',
};

/** eICU Collaborative Research Database 2.0 and its demo 2.0.1. */
export const eicu: IngestAdapter = {
  id: 'eicu',
  title: 'eICU Collaborative Research Database',
  licence:
    'eICU-CRD: PhysioNet Credentialed Health Data Licence 1.5.0; eICU-CRD Demo: Open Data Commons Open Database License 1.0',
  citation:
    'Pollard T, Johnson A, Raffa J, Celi LA, Mark R, Badawi O. The eICU Collaborative Research Database, a freely available multi-center database for critical care research. Sci Data 5, 180178 (2018).',
  itemsOf: ['eicu'],
  tables: eicuTables,
  sql: sqlBeside(import.meta.url),
  stays: { tables: ['patient', 'hospital'], sql: 'stays.sql' },
  groupings: ['hospital', 'region', 'region,beds', 'unit'],
  statics: [
    { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
    { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
    { name: 'race', kind: 'categorical', levels: ['Asian', 'Black', 'Hispanic', 'Other', 'White'] },
    { name: 'height', kind: 'continuous', unit: 'cm', range: [100, 250] },
    { name: 'weight', kind: 'continuous', unit: 'kg', range: [20, 400] },
  ],
  labels: {
    mortality: {
      definition: 'hospital death: hospitaldischargestatus Expired (1) or Alive (0); blank is unknown',
      tables: [],
      sql: 'mortality.sql',
    },
    los3: { definition: 'ICU stay of more than 3 days (unitdischargeoffset)', tables: [], sql: 'los3.sql' },
    ventilation: {
      definition:
        'invasive mechanical ventilation documented at any time of the ICU stay, in treatment, respiratoryCare or respiratoryCharting; 0 where none of them says so',
      tables: ['treatment', 'respiratorycare', 'respiratorycharting'],
      sql: 'ventilation.sql',
    },
    sepsis: {
      definition:
        'sepsis or septic shock documented in diagnosis during the ICU stay (ICD-9 995.91, 995.92, 785.52, 038.x or the words); not Sepsis-3',
      tables: ['diagnosis'],
      sql: 'sepsis.sql',
    },
  },
  measurements: [
    { origins: ['lab'], tables: ['lab'], sql: 'lab.sql' },
    { origins: ['vitalperiodic'], tables: ['vitalperiodic'], sql: 'vitalPeriodic.sql', wide: true },
    { origins: ['vitalaperiodic'], tables: ['vitalaperiodic'], sql: 'vitalAperiodic.sql', wide: true },
    { origins: ['nursecharting'], tables: ['nursecharting'], sql: 'nurseCharting.sql' },
    { origins: ['respiratorycharting'], tables: ['respiratorycharting'], sql: 'respiratoryCharting.sql' },
  ],
  drugs: [
    { tables: ['medication'], sql: 'medication.sql' },
    { tables: ['infusiondrug'], sql: 'infusionDrug.sql' },
  ],
  events: [lab, medication, infusionDrug],
};
