import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../cohort/inputError.js';
import { replaceFolder } from '../cohort/replaceFolder.js';
import type { ScoreRow } from '../metrics/contract.js';
import type { RunManifest, RunResults } from './contract.js';
import { writeAtomically } from '../cohort/atomicFile.js';
import { writeScoreTable } from './scoreTable.js';

/** Copies a product's folder into the run folder in one move, replacing what an earlier run left there. */
export async function publish(product: string, target: string, marker: string): Promise<void> {
  await replaceFolder(target, marker, (temporary) => cp(product, temporary, { recursive: true }));
}

/**
 * Writes `scores.json`, `scores.parquet`, `figures.json` and `training.json`, and `manifest.json` last: a folder without it is no finished
 * run, so that nobody takes files of two runs for one.
 */
export async function writeRun(folder: string, results: RunResults): Promise<void> {
  const { manifest, rows, figures, training, failures } = results;
  await rm(join(folder, 'manifest.json'), { force: true });
  const table = rows.map((row) => JSON.stringify(row)).join(',\n');
  await writeAtomically(
    join(folder, 'scores.json'),
    `{"format":"fedehr-scores","version":1,"rows":[\n${table}\n]}\n`,
  );
  await writeScoreTable(rows, join(folder, 'scores.parquet'));
  await writeAtomically(join(folder, 'figures.json'), JSON.stringify(figures));
  await writeAtomically(join(folder, 'training.json'), JSON.stringify({ training, failures }));
  await writeAtomically(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const file = join(folder, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new InputError({
      file,
      expected: 'a finished run folder',
      found: `no readable ${name}`,
      remedy: 'Give the folder that `fedehr run` or `fedehr score` named at its end.',
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError({
      file,
      expected: 'JSON',
      found: 'a damaged file',
      remedy: 'Run the same `fedehr run` again; it rewrites the file.',
    });
  }
}

/** Reads what a report needs from a run folder. */
export async function readRun(folder: string): Promise<RunResults> {
  const manifest = (await readJson(folder, 'manifest.json')) as RunManifest;
  if ((manifest as { format: string }).format !== 'fedehr-run') {
    throw new InputError({
      file: join(folder, 'manifest.json'),
      expected: 'format "fedehr-run"',
      found: 'another format',
      remedy: 'Give a run folder.',
    });
  }
  const { rows } = (await readJson(folder, 'scores.json')) as { rows: readonly ScoreRow[] };
  const figures = (await readJson(folder, 'figures.json')) as RunResults['figures'];
  const { training, failures } = (await readJson(folder, 'training.json')) as Pick<
    RunResults,
    'training' | 'failures'
  >;
  return { manifest, rows, figures, training, failures };
}
