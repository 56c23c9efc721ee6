import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../cohort/atomicFile.js';
import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { writeFigures } from './figureFiles.js';
import { figureTable } from './figures/table.js';
import { reportModel } from './model.js';
import { documentOf } from './page/document.js';
import { pageFigures } from './page/pageFigure.js';
import { vegaScripts } from './page/runtime.js';

/** Files of a written report. */
export interface WrittenReport {
  /** The page: one file that works offline. */
  readonly index: string;
  /** `<id>.vl.json`, `<id>.svg` and `<id>.png` of every figure. */
  readonly figures: string[];
  /** What could not be written, and why. */
  readonly notes: readonly string[];
}

/**
 * Writes `index.html` and `figures/<id>.vl.json|svg|png` into `folder`, which is made when missing. Equal results give equal
 * bytes; those of PNGs also depend on the machine's fonts.
 */
export async function writeReport(
  results: RunResults,
  folder: string,
  descriptors: readonly MetricDescriptor[],
): Promise<WrittenReport> {
  const model = reportModel(results, descriptors);
  await mkdir(folder, { recursive: true });
  const drawn = figureTable.map((source) => ({ source, figure: source.draw(model) }));
  const figures = drawn.flatMap(({ figure }) => figure ?? []);
  const { files, notes } = await writeFigures(figures, folder, results.manifest);
  const index = path.join(folder, 'index.html');
  const libraries = await vegaScripts();
  await writeAtomically(
    index,
    documentOf({ model, drawn, pageFigures: pageFigures(figures), libraries, withPng: notes.length === 0 }),
  );
  return { index, figures: files, notes };
}
