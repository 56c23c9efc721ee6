import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../cohort/inputError.js';
import { requireOutputFolder } from '../cohort/outputFolder.js';

/**
 * Makes sure, before any work, that a folder can take a run or a report: it can be written, and is none of patients.
 *
 * @throws InputError otherwise
 */
export async function requireRunFolder(out: string): Promise<void> {
  await requireOutputFolder(out, '--out');
  if (!existsSync(join(out, 'cohort.json'))) return;
  throw new InputError({
    file: out,
    place: '--out',
    expected: 'a folder for scores and reports',
    found: 'a cohort folder (it holds cohort.json)',
    remedy: 'Name a folder of its own with --out, e.g. runs/mine.',
  });
}

/** Makes sure of a folder as `requireRunFolder` does, and that the report can be written into it, too. */
export async function requireRunAndReport(out: string): Promise<void> {
  await requireRunFolder(out);
  await requireOutputFolder(join(out, 'report'), '--out');
}
