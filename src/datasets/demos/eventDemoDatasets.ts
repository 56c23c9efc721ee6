import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readCohort } from '../../cohort/readCohort.js';
import type { Dataset } from '../dataset.js';
import type { DatasheetNotes } from '../describe/datasheetSections.js';
import { eicu } from '../eicu/eicu.js';
import { mimic4 } from '../mimic4/mimic4.js';
import {
  demoNotice,
  eicuDemoBibliography,
  eicuDemoCitation,
  mimic4DemoBibliography,
  mimic4DemoCitation,
  odbl,
} from './demoNotices.js';
import { shipEventDemo, type EventDemo } from './eventDemo.js';

const form = [
  'Event form: events.parquet holds one row an event of the first 12 hours, with its table, minute from ICU admission and the columns of the source; the grid of the same hours is there as well.',
  'Persons and stays were numbered anew in random order, which keeps the ids of the source out and does not anonymise. All stays of a person share the patient id, so that splits by patient hold.',
];

const settings = {
  windowMinutes: 12 * 60,
  stepMinutes: 60,
  features: 'vitals-labs',
  labels: ['mortality', 'los3'],
  adults: true,
  firstStay: false,
  unknownUnits: 'drop',
} as const;

const mimic4Demo: EventDemo = {
  id: 'mimic4-demo',
  adapter: mimic4,
  options: { ...settings, hospitalBy: 'unit', hospitals: { kind: 'min', stays: 11 } },
  provenance: {
    source: 'MIMIC-IV Clinical Database Demo 2.2 (https://doi.org/10.13026/dp1f-ex47)',
    licence: odbl,
    citation: mimic4DemoCitation,
  },
};

const mimic4Notes: DatasheetNotes = {
  about:
    'The open demo of MIMIC-IV as coded events: laboratory results, prescriptions, infusions. Purpose: tests of generators of event sequences and of loaders. One real hospital; its care units stand for hospitals. Far too small for statistics.',
  definitions: [...form, 'Hospital = first care unit; units with fewer than 11 stays are left out.'],
  quirks: [
    'The chart events of the source are absent, so the grid has laboratory values only.',
    'Persons have several stays, also in several units: split by patient.',
  ],
};

const eicuEvents: EventDemo = {
  id: 'eicu-demo-events',
  adapter: eicu,
  options: { ...settings, hospitalBy: 'region', hospitals: { kind: 'all' } },
  provenance: {
    source: 'eICU Collaborative Research Database Demo 2.0.1 (https://doi.org/10.13026/4mxk-na84)',
    licence: odbl,
    citation: eicuDemoCitation,
  },
};

const eicuNotes: DatasheetNotes = {
  about:
    'The open demo of eICU as coded events: laboratory results, medications, infusions. Purpose: tests of generators of event sequences across hospitals, which are grouped into regions here.',
  definitions: [...form, 'Hospital = region of the hospital; Unknown where eICU has none.'],
  quirks: [
    'Laboratory results are those of 100 patients only: the source here holds a part of that table. Medications and infusions are complete.',
    'Vital signs of the grid come from vitalAperiodic only; use eicu-demo for hourly vital signs and laboratory values.',
    'Some persons have stays in two hospitals or regions: split by patient.',
  ],
};

const folderOf = (id: string): string => fileURLToPath(new URL(`../../../datasets/${id}`, import.meta.url));

/** Licence, notice and bibliography of a demo whose own licence text lies in the source folder. */
async function papersOf(
  from: string,
  title: string,
  citation: string,
  bibliography: string,
  notes: DatasheetNotes,
) {
  return {
    notes,
    texts: {
      'LICENSE.txt': await readFile(path.join(from, 'LICENSE.txt'), 'utf8'),
      'NOTICE.txt': demoNotice(title, citation),
      'CITATION.bib': bibliography,
    },
  };
}

export const mimic4DemoDataset: Dataset = {
  id: 'mimic4-demo',
  title: 'MIMIC-IV Clinical Database Demo 2.2, events',
  description:
    'ICU stays of one US hospital in five care units, the first 12 hours as laboratory, prescription and infusion events with a ' +
    'grid of laboratory values. Labels: hospital death, ICU stay above 3 days. For tests; too small for statistics.',
  licence: odbl,
  citation: mimic4DemoCitation,
  hospitalBy: 'unit',
  hospitals: [
    'Cardiac Vascular Intensive Care Unit (CVICU)',
    'Medical Intensive Care Unit (MICU)',
    'Medical/Surgical Intensive Care Unit (MICU/SICU)',
    'Surgical Intensive Care Unit (SICU)',
    'Trauma SICU (TSICU)',
  ],
  labels: ['mortality', 'los3'],
  folder: folderOf('mimic4-demo'),
  sourceFiles: 'the folder mimic-iv-demo-2.2 as PhysioNet ships it',
  load: () => readCohort(folderOf('mimic4-demo')),
  ingest: async (from, out) =>
    shipEventDemo(
      from,
      out,
      mimic4Demo,
      await papersOf(
        from,
        'MIMIC-IV Clinical Database Demo 2.2',
        mimic4DemoCitation,
        mimic4DemoBibliography,
        mimic4Notes,
      ),
    ),
};

export const eicuDemoEventsDataset: Dataset = {
  id: 'eicu-demo-events',
  title: 'eICU Collaborative Research Database Demo 2.0.1, events',
  description:
    'Unit stays of US hospitals grouped into regions, the first 12 hours as laboratory, medication and infusion events with a ' +
    'grid. Labels: hospital death, unit stay above 3 days.',
  licence: odbl,
  citation: eicuDemoCitation,
  hospitalBy: 'region',
  hospitals: ['Midwest', 'Northeast', 'South', 'Unknown', 'West'],
  labels: ['mortality', 'los3'],
  folder: folderOf('eicu-demo-events'),
  sourceFiles: 'the folder eicu-demo-2.0.1 as PhysioNet ships it',
  load: () => readCohort(folderOf('eicu-demo-events')),
  ingest: async (from, out) =>
    shipEventDemo(
      from,
      out,
      eicuEvents,
      await papersOf(
        from,
        'eICU Collaborative Research Database Demo 2.0.1',
        eicuDemoCitation,
        eicuDemoBibliography,
        eicuNotes,
      ),
    ),
};
