import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readCohort } from '../cohort/readCohort.js';
import { replaceFolder } from '../cohort/replaceFolder.js';
import type { Cohort } from '../cohort/types.js';
import { writeCohortFiles } from '../cohort/writeCohort.js';
import type { Dataset } from './dataset.js';
import { physionet2019Cohort } from './physionet2019.js';
import { physionet2019Datasheet } from './physionet2019Datasheet.js';
import {
  physionet2019Bibliography,
  physionet2019Citation,
  physionet2019Licence,
  physionet2019LicenceText,
  physionet2019Page,
} from './physionet2019Notice.js';

const folder = fileURLToPath(new URL('../../datasets/physionet2019', import.meta.url));

/**
 * Makes the cohort folder with datasheet, licence and bibliography from the challenge's files.
 *
 * @param from folder with setA.parquet and setB.parquet, or with training_setA and training_setB of .psv files
 */
export async function ingestPhysionet2019(from: string, out: string): Promise<Cohort> {
  const cohort = await physionet2019Cohort(from);
  await replaceFolder(out, 'cohort.json', async (temporary) => {
    await writeCohortFiles(cohort, temporary, out);
    await writeFile(path.join(temporary, 'DATASHEET.md'), physionet2019Datasheet(cohort));
    await writeFile(path.join(temporary, 'LICENSE.txt'), physionet2019LicenceText);
    await writeFile(path.join(temporary, 'CITATION.bib'), physionet2019Bibliography);
  });
  return cohort;
}

export const physionet2019: Dataset = {
  id: 'physionet2019',
  title: 'PhysioNet/CinC Challenge 2019, two hospital systems',
  description:
    'ICU patients of two US hospital systems, the first 24 hours from ICU admission in hourly steps, 34 vital signs and ' +
    'laboratory values. Label: sepsis at a later hour, for patients who are in the ICU and not septic at hour 24.',
  licence: physionet2019Licence,
  citation: physionet2019Citation,
  hospitalBy: 'hospital',
  hospitals: ['A', 'B'],
  labels: ['sepsis'],
  folder,
  sourceFiles: `${physionet2019Page}: training_setA/*.psv and training_setB/*.psv, or setA.parquet and setB.parquet`,
  load: () => readCohort(folder),
  ingest: ingestPhysionet2019,
};
