import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readCohort } from '../../cohort/readCohort.js';
import type { Cohort } from '../../cohort/types.js';
import type { Dataset } from '../dataset.js';
import { partitionCohort } from '../partition.js';
import { partitions } from '../partitions.js';
import type { DatasheetNotes } from '../describe/datasheetSections.js';
import { writeShippedFolder } from '../shippedFolder.js';
import {
  demoNotice,
  eicuDemoBibliography,
  eicuDemoCitation,
  mimic3DemoBibliography,
  mimic3DemoCitation,
  odbl,
} from './demoNotices.js';
import { eicuDemo } from './eicuDemo.js';
import { eicuDemoHospitals } from './eicuDemoHospitals.js';
import { hourlyDemoCohort, type HourlyDemo } from './hourlyDemo.js';
import { mimic3Demo } from './mimic3Demo.js';

const grid = [
  'Step t covers hours t to t + 1 from ICU admission; at most 48 steps, fewer for shorter stays. The hourly tables are those of task los of YAIB, hours above 48 left out.',
  'Persons and stays were numbered anew in random order, which keeps the ids of the source out and does not anonymise. All stays of a person share the patient id, so that splits by patient hold.',
];

const eicuNotes: DatasheetNotes = {
  about:
    'Many small hospitals: the open demo of the eICU Collaborative Research Database with hourly vital signs and laboratory values. Purpose: stress tests of federated training with very small clients, and a small copy of the schema of the full database. Too small for claims about single hospitals.',
  definitions: [
    ...grid,
    'Hospital ids are those of eICU. Other groupings are chosen when loading: partition region (datasheet in by-region), or region,beds (region and bed size).',
    'age: "> 89" is written as 90.',
  ],
  quirks: [
    'The ten or so patients of a hospital are too few for training at each; use region or region,beds unless that is what you test.',
    'Some persons have stays in two hospitals, also in two regions: split by patient.',
    'Death may fall into the 48 hours that are shown.',
    'o2sat is mostly pulse oximetry.',
  ],
};

const mimicNotes: DatasheetNotes = {
  about:
    'The open demo of MIMIC-III with hourly vital signs and laboratory values. Purpose: tests of loaders and schemas. One real hospital; its care units stand for hospitals. Far too small for statistics.',
  definitions: [
    ...grid,
    'Hospital = first care unit. Another grouping is chosen when loading: partition charting (the charting systems CareVue and MetaVision).',
    'age: at most 90, since patients above 89 appear with shifted years of birth.',
  ],
  quirks: [
    'Persons have up to many stays, also in several units: split by patient.',
    'All persons of the demo died in the end (that is how they were chosen), most of them long after these stays.',
    'Death may fall into the 48 hours that are shown.',
  ],
};

interface Papers {
  readonly title: string;
  readonly citation: string;
  readonly bibliography: string;
  /** The demo's own licence text, below the source folder. */
  readonly licenceFile: string;
  readonly notes: DatasheetNotes;
  /** Partition of which there is a second datasheet, where hospitals are too small to say much. */
  readonly datasheetBy?: string;
}

function ingestDemo(demo: HourlyDemo, papers: Papers) {
  return async (from: string, out: string): Promise<Cohort> => {
    const cohort = await hourlyDemoCohort(from, demo);
    const shown = (partitions[demo.id] ?? []).find(({ name }) => name === papers.datasheetBy);
    await writeShippedFolder(cohort, out, {
      notes: papers.notes,
      ...(shown === undefined ? {} : { regrouped: { [`by-${shown.name}`]: partitionCohort(cohort, shown) } }),
      texts: {
        'LICENSE.txt': await readFile(path.join(from, papers.licenceFile), 'utf8'),
        'NOTICE.txt': demoNotice(papers.title, papers.citation),
        'CITATION.bib': papers.bibliography,
      },
    });
    return cohort;
  };
}

const folderOf = (id: string): string => fileURLToPath(new URL(`../../../datasets/${id}`, import.meta.url));

export const eicuDemoDataset: Dataset = {
  id: 'eicu-demo',
  title: 'eICU Collaborative Research Database Demo 2.0.1, hourly',
  description:
    'Unit stays of 185 US hospitals of about ten patients each, at most the first 48 hours in hourly steps, 48 vital signs and ' +
    'laboratory values. Labels: hospital death, unit stay above 3 days. Also by region, or region and bed size.',
  licence: odbl,
  citation: eicuDemoCitation,
  hospitalBy: 'hospital',
  hospitals: eicuDemoHospitals,
  labels: ['mortality', 'los3'],
  folder: folderOf('eicu-demo'),
  sourceFiles:
    'a folder with eicu-demo-2.0.1 (PhysioNet) and yaib-demo (demo_data of github.com/rvandewater/YAIB)',
  load: () => readCohort(folderOf('eicu-demo')),
  ingest: ingestDemo(eicuDemo, {
    title: 'eICU Collaborative Research Database Demo 2.0.1',
    citation: eicuDemoCitation,
    bibliography: eicuDemoBibliography,
    licenceFile: 'eicu-demo-2.0.1/LICENSE.txt',
    notes: eicuNotes,
    datasheetBy: 'region',
  }),
};

export const mimic3DemoDataset: Dataset = {
  id: 'mimic3-demo',
  title: 'MIMIC-III Clinical Database Demo 1.4, hourly',
  description:
    'ICU stays of one US hospital in five care units, at most the first 48 hours in hourly steps, 47 vital signs and laboratory ' +
    'values. Labels: hospital death, ICU stay above 3 days. For tests of loaders; too small for statistics.',
  licence: odbl,
  citation: mimic3DemoCitation,
  hospitalBy: 'unit',
  hospitals: ['CCU', 'CSRU', 'MICU', 'SICU', 'TSICU'],
  labels: ['mortality', 'los3'],
  folder: folderOf('mimic3-demo'),
  sourceFiles:
    'a folder with mimic-iii-demo-1.4 (PhysioNet) and yaib-demo (demo_data of github.com/rvandewater/YAIB)',
  load: () => readCohort(folderOf('mimic3-demo')),
  ingest: ingestDemo(mimic3Demo, {
    title: 'MIMIC-III Clinical Database Demo 1.4',
    citation: mimic3DemoCitation,
    bibliography: mimic3DemoBibliography,
    licenceFile: 'mimic-iii-demo-1.4/LICENSE.txt',
    notes: mimicNotes,
  }),
};
