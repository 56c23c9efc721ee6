import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../../cohort/atomicFile.js';
import type { MetricDescriptor } from '../../metrics/contract.js';
import { writeFigures } from '../figureFiles.js';
import type { Figure } from '../figures/figure.js';
import { scoreBars } from '../figures/scoreBars.js';
import { displayText } from '../names.js';
import { leaderboardPage } from '../page/leaderboardPage.js';
import { pageFigures } from '../page/pageFigure.js';
import { vegaScripts } from '../page/runtime.js';
import type { WrittenReport } from '../writeReport.js';
import type { NamedRun } from './comparable.js';
import { leaderboardOf, type Ranking } from './ranking.js';

/** Writes the page of several runs: `index.html` and `figures/scores-<n>.vl.json|svg|png`, one for each group of comparable runs. */
export async function writeLeaderboard(
  runs: readonly NamedRun[],
  folder: string,
  descriptors: readonly MetricDescriptor[],
): Promise<WrittenReport> {
  const leaderboard = leaderboardOf(runs, descriptors);
  await mkdir(folder, { recursive: true });
  const figures = leaderboard.rankings.map(figureOf);
  const files: string[] = [];
  let notes: readonly string[] = [];
  for (const [index, figure] of figures.entries()) {
    if (figure === null) continue;
    const written = await writeFigures(
      [figure],
      folder,
      leaderboard.rankings[index]!.merged.results.manifest,
    );
    files.push(...written.files);
    notes = written.notes;
  }
  const drawn = figures.filter((figure) => figure !== null);
  const index = path.join(folder, 'index.html');
  const page = leaderboardPage({
    leaderboard,
    descriptors,
    figures,
    pageFigures: pageFigures(drawn),
    libraries: await vegaScripts(),
    withPng: notes.length === 0,
  });
  await writeAtomically(index, page);
  return { index, figures: files, notes };
}

function figureOf({ model, group }: Ranking, index: number): Figure | null {
  const figure = scoreBars.draw(model);
  return figure === null
    ? null
    : { ...figure, id: `scores-${index + 1}`, title: `${figure.title}: ${displayText(group.title, 80)}` };
}
