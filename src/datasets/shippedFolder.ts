import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { replaceFolder } from '../cohort/replaceFolder.js';
import type { Cohort } from '../cohort/types.js';
import { writeCohortFiles } from '../cohort/writeCohort.js';
import { describeCohort } from './describe/describeCohort.js';
import type { DatasheetNotes } from './describe/datasheetSections.js';
import { writeDatasheet } from './describe/writeDatasheet.js';

/** What a shipped cohort folder holds beside the cohort. */
export interface ShippedPapers {
  readonly notes: DatasheetNotes;
  /** File name → text, e.g. LICENSE.txt and CITATION.bib. */
  readonly texts: Readonly<Record<string, string>>;
  /** Further datasheets, of the cohort with other hospitals: subfolder → cohort. */
  readonly regrouped?: Readonly<Record<string, Cohort>>;
}

/**
 * Writes a cohort folder with its datasheet, figures, licence and citation, whole or not at all.
 *
 * @throws InputError when `out` holds something else than a cohort
 */
export async function writeShippedFolder(cohort: Cohort, out: string, papers: ShippedPapers): Promise<void> {
  await replaceFolder(out, 'cohort.json', async (temporary) => {
    await writeCohortFiles(cohort, temporary, out);
    await writeDatasheet(describeCohort(cohort), temporary, papers.notes);
    for (const [name, regrouped] of Object.entries(papers.regrouped ?? {}))
      await writeDatasheet(describeCohort(regrouped), path.join(temporary, name), papers.notes);
    for (const [name, text] of Object.entries(papers.texts))
      await writeFile(path.join(temporary, name), text);
  });
}
