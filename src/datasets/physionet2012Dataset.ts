import { fileURLToPath } from 'node:url';

import { readCohort } from '../cohort/readCohort.js';
import type { Cohort } from '../cohort/types.js';
import type { Dataset } from './dataset.js';
import { physionet2012Cohort } from './physionet2012.js';
import {
  physionet2012Bibliography,
  physionet2012Citation,
  physionet2012Licence,
  physionet2012LicenceText,
  physionet2012Page,
} from './physionet2012Notice.js';
import { physionet2012Units } from './physionet2012Schema.js';
import { writeShippedFolder } from './shippedFolder.js';

const folder = fileURLToPath(new URL('../../datasets/physionet2012', import.meta.url));

const notes = {
  about:
    'ICU stays of one US hospital (MIMIC-II) in four types of ICU, the first 48 hours in hourly steps. Made from sets a and b of the PhysioNet/Computing in Cardiology Challenge 2012. Purpose: federated training under label skew, with the ICU types as clients.',
  definitions: [
    'A stay is a record of the challenge: an ICU stay of an adult of at least 48 hours. Step t covers hours t to t + 1 from ICU admission; entries at 48:00 lie outside.',
    'Hospital = ICU type: CCU coronary care, CSRU cardiac surgery recovery, MICU medical, SICU surgical. They are units of one real hospital.',
    'mortality: In-hospital_death of the challenge.',
    'Several values of an hour become one: Urine is their sum; Weight, GCS and FiO2 the last; all others the mean. MechVent is 1 in hours with a ventilation entry and 0 in all others.',
    'Rows at 00:00 hold age, sex, height and admission weight; −1 there is unknown. Record ids were numbered anew in random order, which keeps them out and does not anonymise.',
  ],
  quirks: [
    'The length of the ICU stay is not published (Length_of_stay is that of the hospital stay), so no label is made of it.',
    'Fewer than 11 records hold descriptors only and are left out.',
    'Weight is often carried forward by the source: its repeats are no new measurements.',
    'Units are those that the challenge lists; Mg is listed in mmol/L, but its values look like mg/dL.',
    'Ages of 90 stand for 90 and above.',
    'The data belong to the family of MIMIC databases: do not use MIMIC data as an independent holdout.',
    'The licence is stated to our best knowledge; the page of the challenge is the authority.',
  ],
} as const;

/**
 * Makes the cohort folder with datasheet, licence and bibliography from the challenge's files.
 *
 * @param from folder with set-a and set-b (.txt records or .parquet) and their outcomes
 */
async function ingestPhysionet2012(from: string, out: string): Promise<Cohort> {
  const cohort = await physionet2012Cohort(from);
  await writeShippedFolder(cohort, out, {
    notes,
    texts: { 'LICENSE.txt': physionet2012LicenceText, 'CITATION.bib': physionet2012Bibliography },
  });
  return cohort;
}

export const physionet2012: Dataset = {
  id: 'physionet2012',
  title: 'PhysioNet/CinC Challenge 2012, four ICU types',
  description:
    'ICU patients of one US hospital in four types of ICU, the first 48 hours in hourly steps, 36 charted parameters and ' +
    'mechanical ventilation. Label: death in hospital, with strong label skew between the ICU types.',
  licence: physionet2012Licence,
  citation: physionet2012Citation,
  hospitalBy: 'icu-type',
  hospitals: physionet2012Units,
  labels: ['mortality'],
  folder,
  sourceFiles: `${physionet2012Page}: set-a/*.txt, set-b/*.txt (or set-a.parquet, set-b.parquet), Outcomes-a.txt and Outcomes-b.txt`,
  load: () => readCohort(folder),
  ingest: ingestPhysionet2012,
};
