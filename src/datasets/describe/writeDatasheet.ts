import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { datasheetHtml } from './datasheetHtml.js';
import { datasheetMarkdown } from './datasheetMarkdown.js';
import { datasheetParts, type DatasheetNotes } from './datasheetSections.js';
import type { CohortDescription } from './description.js';
import { datasheetFigures } from './figures/table.js';

/**
 * Writes `DATASHEET.md`, `datasheet.html` (one page, offline, no script) and `figures/<id>.vl.json` + `.svg` into a
 * folder, which is made if need be. Equal descriptions give equal files.
 *
 * @returns paths of the files, relative to the folder
 */
export async function writeDatasheet(
  description: CohortDescription,
  folder: string,
  notes: DatasheetNotes = {},
): Promise<readonly string[]> {
  const figures = datasheetFigures(description);
  // Whoever knows datasets would otherwise hold Vega for nothing.
  const { drawSvg } = await import('./drawSvg.js');
  const svgs = new Map<string, string>();
  for (const { id, spec } of figures) svgs.set(id, await drawSvg(spec));
  const parts = datasheetParts(
    description,
    notes,
    figures.map(({ id }) => id),
  );
  const files = new Map<string, string>([
    ['DATASHEET.md', datasheetMarkdown(parts, figures)],
    ['datasheet.html', datasheetHtml(parts, figures, svgs)],
  ]);
  for (const { id, title, caption, spec } of figures) {
    const complete = { ...spec, description: `${title}. ${caption}` };
    files.set(path.join('figures', `${id}.vl.json`), `${JSON.stringify(complete, null, 1)}\n`);
    files.set(path.join('figures', `${id}.svg`), `${svgs.get(id)!}\n`);
  }
  await mkdir(path.join(folder, 'figures'), { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(folder, name), text);
  return [...files.keys()];
}
