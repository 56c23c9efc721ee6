import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MetricDescriptor } from '../metrics/contract.js';
import type { RunResults } from '../run/contract.js';
import { compileFigure, toSvg, withProvenance } from './draw.js';
import type { Figure } from './figures/figure.js';
import { figureTable } from './figures/table.js';
import { reportModel } from './model.js';
import { documentOf, type PageFigure } from './page/document.js';
import { vegaScripts } from './page/runtime.js';
import { themed } from './page/theme.js';
import { summaryMarkdown } from './summary.js';

/** Files of a written report. */
export interface WrittenReport {
  /** The page: one file that works offline. */
  readonly index: string;
  /** `<id>.vl.json` and `<id>.svg` of every figure. */
  readonly figures: string[];
}

/**
 * Writes `index.html` and `figures/<id>.vl.json|svg` into `folder`, which is made when missing. Equal results give equal
 * bytes. File names come from the table of figures, never from names in the results.
 */
export async function writeReport(
  results: RunResults,
  folder: string,
  descriptors: readonly MetricDescriptor[],
): Promise<WrittenReport> {
  const model = reportModel(results, descriptors);
  const figureFolder = path.join(folder, 'figures');
  await mkdir(figureFolder, { recursive: true });
  const drawn = figureTable.map((source) => ({ source, figure: source.draw(model) }));
  const files: string[] = [];
  const pageFigures: Record<string, PageFigure> = {};
  for (const { figure } of drawn) {
    if (figure === null) continue;
    const spec = withProvenance(figure.spec, figure, results.manifest);
    const specFile = path.join(figureFolder, `${figure.id}.vl.json`);
    const svgFile = path.join(figureFolder, `${figure.id}.svg`);
    await writeWhole(specFile, `${JSON.stringify(spec)}\n`);
    await writeWhole(svgFile, await toSvg(spec));
    files.push(specFile, svgFile);
    pageFigures[figure.id] = pageFigure(figure);
  }
  const index = path.join(folder, 'index.html');
  const markdown = summaryMarkdown(results, descriptors);
  await writeWhole(
    index,
    documentOf({ model, drawn, pageFigures, markdown, libraries: await vegaScripts() }),
  );
  return { index, figures: files };
}

function pageFigure(figure: Figure): PageFigure {
  const vega = themed(compileFigure(figure.page ?? figure.spec));
  const choices = (vega.signals ?? []).flatMap((signal) => ('bind' in signal ? [signal.name] : []));
  return { vega, layout: figure.layout, description: figure.description, choices };
}

/** Never leaves half a file behind: written beside, then renamed. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.part`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}
