import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { outputPath } from '../cohort/outputFolder.js';
import { metricDescriptors } from '../metrics/index.js';
import {
  leaderboardMarkdown,
  leaderboardOf,
  reportMarkdown,
  runNames,
  writeLeaderboard,
  writeReport,
  type NamedRun,
} from '../report/index.js';
import { writeAtomically } from '../cohort/atomicFile.js';
import { readRun } from '../run/runFolder.js';
import { outputOf, withOutput, type Output } from './output.js';
import { requireRunFolder } from './runOutput.js';

interface ReportFlags {
  readonly format: 'html' | 'md';
  readonly out?: string;
  readonly open?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function openInBrowser(file: string): void {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [file], { detached: true, stdio: 'ignore' });
  child.on('error', () => process.stderr.write(`no ${command} on this machine; open the file yourself\n`));
  child.unref();
}

/** Runs among the folders that a pattern such as `runs/*` names; the others are returned as skipped. */
async function readRuns(
  folders: readonly string[],
): Promise<{ readonly runs: readonly NamedRun[]; readonly skipped: readonly string[] }> {
  const isRun = folders.map((folder) => existsSync(join(folder, 'manifest.json')));
  const found = folders.filter((_, index) => isRun[index]);
  if (found.length === 0)
    throw new InputError({
      place: '<run...>',
      expected: 'at least one finished run folder',
      found: 'none with a manifest.json',
      remedy: 'Give folders that `fedehr run` or `fedehr score` named at their end, e.g. runs/*.',
    });
  const names = runNames(found.map((folder) => resolve(folder)));
  const runs: NamedRun[] = [];
  for (const [index, folder] of found.entries())
    runs.push({ name: names[index]!, results: await readRun(folder) });
  return { runs, skipped: folders.filter((_, index) => !isRun[index]) };
}

async function reportRuns(folders: readonly string[], flags: ReportFlags, output: Output): Promise<void> {
  const out = outputPath(flags.out ?? join(dirname(resolve(folders[0]!)), 'leaderboard'), '--out');
  const { runs, skipped } = await readRuns(folders);
  if (skipped.length > 0) output.note(`not run folders, left out: ${skipped.join(', ')}`);
  await requireRunFolder(out);
  if (flags.format === 'md') {
    const text = leaderboardMarkdown(leaderboardOf(runs, metricDescriptors));
    const file = join(out, 'leaderboard.md');
    await mkdir(out, { recursive: true });
    await writeAtomically(file, text);
    output.say(text);
    output.document({ report: file, runs: runs.map(({ name }) => name), skipped });
    return;
  }
  const { index, figures, notes } = await writeLeaderboard(runs, out, metricDescriptors);
  for (const note of notes) output.note(note);
  output.say(`Leaderboard: ${index}`);
  output.document({ report: index, figures, runs: runs.map(({ name }) => name), skipped });
  if (flags.open === true) openInBrowser(index);
}

async function reportRun(folder: string, flags: ReportFlags, output: Output): Promise<void> {
  const out = outputPath(flags.out ?? join(folder, 'report'), '--out');
  const results = await readRun(folder);
  await requireRunFolder(out);
  if (flags.format === 'md') {
    const file = join(out, 'summary.md');
    const text = reportMarkdown(results, metricDescriptors);
    await mkdir(out, { recursive: true });
    await writeAtomically(file, text);
    output.say(text);
    output.document({ report: file });
    return;
  }
  const { index, figures, notes } = await writeReport(results, out, metricDescriptors);
  for (const note of notes) output.note(note);
  output.say(`Report: ${index}`);
  output.document({ report: index, figures });
  if (flags.open === true) openInBrowser(index);
}

/** `fedehr report`: writes the report of a finished run again, or one page for several runs. */
export function reportCommand(): Command {
  return withOutput(
    new Command('report')
      .description('Write the report of a finished run (again), or a leaderboard of several.')
      .argument('<run...>', 'run folders, e.g. runs/quick; several make a leaderboard')
      .addOption(
        new Option('--format <format>', 'html: one offline page; md: tables for a pull request')
          .choices(['html', 'md'])
          .default('html'),
      )
      .option('--out <dir>', 'where to write (default: <run>/report, or leaderboard beside the first run)')
      .option('--open', 'open the page in the browser'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr report runs/quick --open
  fedehr report runs/quick --format md
  fedehr report runs/* --out leaderboard`,
    )
    .action(async (folders: string[], flags: ReportFlags) => {
      const output = outputOf(flags);
      const distinct = [...new Set(folders.map((folder) => folder.replace(/(?<=.)[/\\]+$/u, '')))];
      if (distinct.length === 1) await reportRun(distinct[0]!, flags, output);
      else await reportRuns(distinct, flags, output);
    });
}
