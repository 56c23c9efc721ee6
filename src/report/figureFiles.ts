import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../cohort/atomicFile.js';
import { drawSvg } from '../datasets/describe/drawSvg.js';
import type { RunManifest } from '../run/contract.js';
import { withProvenance } from './figureProvenance.js';
import type { Figure } from './figures/figure.js';
import { hasFont, toPng } from './raster.js';

/** Said where PNGs are missing. */
const noFont = 'no PNG was drawn, since this machine has no font; the SVG files need none';

/**
 * Writes `figures/<id>.vl.json`, `.svg` and `.png` of every figure and returns their paths. File names come from the table
 * of figures, never from names in the results.
 */
export async function writeFigures(
  figures: readonly Figure[],
  folder: string,
  manifest: RunManifest,
): Promise<{ readonly files: string[]; readonly notes: readonly string[] }> {
  const target = path.join(folder, 'figures');
  await mkdir(target, { recursive: true });
  const files: string[] = [];
  const canRaster = figures.length > 0 && hasFont();
  for (const figure of figures) {
    const spec = withProvenance(figure.spec, figure, manifest);
    const svg = await drawSvg(spec);
    const contents: (readonly [string, string | Uint8Array])[] = [
      ['vl.json', `${JSON.stringify(spec)}\n`],
      ['svg', svg],
      ...(canRaster ? ([['png', toPng(svg)]] as const) : []),
    ];
    for (const [ending, content] of contents) {
      const file = path.join(target, `${figure.id}.${ending}`);
      await writeAtomically(file, content);
      files.push(file);
    }
  }
  return { files, notes: canRaster || figures.length === 0 ? [] : [noFont] };
}
