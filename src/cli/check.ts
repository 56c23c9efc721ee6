import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { readBaseline, writeBaseline, type Baseline } from '../check/baseline.js';
import { benchmarkFiles } from '../check/benchmarkJson.js';
import { checkRun } from '../check/checkRun.js';
import type { CheckedRow } from '../check/checkedRow.js';
import { jobSummary } from '../check/jobSummary.js';
import { junitXml } from '../check/junit.js';
import { requireSameProtocol } from '../check/sameProtocol.js';
import { countVerdicts, failing, sentenceOn } from '../check/sentence.js';
import { updatedBaseline } from '../check/updateBaseline.js';
import { InputError } from '../cohort/inputError.js';
import { requireOutputFolder } from '../cohort/outputFolder.js';
import { metricDescriptors } from '../metrics/index.js';
import { metricNamed } from '../metrics/selection.js';
import { writeAtomically } from '../cohort/atomicFile.js';
import type { RunResults } from '../run/contract.js';
import { productVersion } from '../run/manifest.js';
import { readRun } from '../run/runFolder.js';
import { appendSummary } from './appendSummary.js';
import { confirmByRunning } from './confirmRun.js';
import { EXIT } from './exitCodes.js';
import { parseCount } from './optionValues.js';
import { outputOf, withOutput, type Output } from './output.js';

interface CheckFlags {
  readonly baseline: string;
  readonly junit?: string;
  readonly summary?: string;
  readonly benchmarkJson?: string;
  readonly confirm?: boolean;
  readonly confirmSeeds: string;
  readonly suite?: string;
  readonly store?: string;
  readonly update?: boolean;
  readonly reason?: string;
  readonly metric?: readonly string[];
  readonly sites?: 'pooled' | 'all';
  readonly json?: boolean;
  readonly quiet?: boolean;
}

async function update(
  folder: string,
  run: RunResults,
  existing: Baseline | null,
  flags: CheckFlags,
  output: Output,
): Promise<void> {
  const reason = flags.reason?.trim() ?? '';
  if (reason === '')
    throw new InputError({
      place: '--update',
      expected: '--reason "…", which is kept in the history of the file',
      found: 'no reason',
      remedy: 'Say why the scores may be what they are now.',
    });
  const baseline = updatedBaseline(
    run,
    existing,
    metricDescriptors,
    {
      reason,
      date: new Date().toISOString().slice(0, 10),
      version: productVersion(),
      ...(flags.metric === undefined
        ? {}
        : { metrics: flags.metric.map((id) => metricNamed(id).descriptor.id) }),
      ...(flags.sites === undefined ? {} : { sites: flags.sites }),
    },
    folder,
  );
  await writeBaseline(flags.baseline, baseline);
  const { added, removed, changed } = baseline.history.at(-1)!.rows;
  output.say(
    `${flags.baseline}: ${baseline.rows.length} rows of seeds ${baseline.seeds.join(', ')} (${added} added, ${removed} removed, ${changed} changed)`,
  );
  output.document({ baseline: flags.baseline, rows: baseline.rows.length, added, removed, changed });
}

async function writeOutputs(rows: readonly CheckedRow[], flags: CheckFlags, output: Output): Promise<void> {
  if (flags.junit !== undefined) await writeAtomically(flags.junit, junitXml(rows));
  if (flags.summary !== undefined) await appendSummary(flags.summary, jobSummary(rows, flags.baseline));
  if (flags.benchmarkJson !== undefined) {
    const { smallerIsBetter, biggerIsBetter, leftOut } = benchmarkFiles(rows);
    const write = (name: string, entries: readonly unknown[]): Promise<void> =>
      writeAtomically(join(flags.benchmarkJson!, name), `${JSON.stringify(entries, null, 2)}\n`);
    await write('smaller-is-better.json', smallerIsBetter);
    await write('bigger-is-better.json', biggerIsBetter);
    if (leftOut.length > 0)
      output.note(`no finite value, so not in ${flags.benchmarkJson}: ${leftOut.join('; ')}`);
  }
}

/** `fedehr check`: has a run fallen behind a committed baseline? */
export function checkCommand(): Command {
  return withOutput(
    new Command('check')
      .description(
        'Has a run fallen behind a committed baseline? Exit 1 when a score is worse than its rule allows, missing or failed.',
      )
      .argument('<run>', 'run folder')
      .requiredOption('--baseline <file>', 'baseline file, e.g. reports/baselines/quick.json')
      .option('--junit <file>', 'write the verdicts as JUnit XML')
      .option('--summary <file>', 'append them as Markdown, e.g. to "$GITHUB_STEP_SUMMARY"')
      .option(
        '--benchmark-json <dir>',
        'write smaller-is-better.json and bigger-is-better.json for github-action-benchmark',
      )
      .option('--confirm', 'train and score regressions again with fresh seeds before they fail')
      .option('--confirm-seeds <n>', 'number of fresh seeds', '3')
      .option('--suite <file>', 'suite file of the run; --confirm needs it for datasets that are folders')
      .option(
        '--store <dir>',
        'where --confirm keeps finished products (default: .store beside the run folder)',
      )
      .option('--update', 'make the run the new baseline instead of checking it')
      .option('--reason <text>', 'why; kept in the history of the baseline')
      .option('--metric <id...>', 'with --update: gate these metrics')
      .addOption(new Option('--sites <which>', 'with --update: gate these sites').choices(['pooled', 'all'])),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr run suites/quick.yaml --seeds 0-4 --out runs/base
  fedehr check runs/base --baseline quality.json --update --reason "first baseline"
  fedehr check runs/quick --baseline quality.json --junit check.xml --confirm`,
    )
    .action(async (folder: string, flags: CheckFlags) => {
      const output = outputOf(flags);
      if (flags.benchmarkJson !== undefined)
        await requireOutputFolder(flags.benchmarkJson, '--benchmark-json');
      const run = await readRun(folder);
      const existing = await readBaseline(flags.baseline);
      if (flags.update === true) {
        await update(folder, run, existing, flags, output);
        return;
      }
      if (existing === null)
        throw new InputError({
          file: flags.baseline,
          expected: 'a baseline file',
          found: 'no such file',
          remedy: 'Make one from a run of several seeds with --update --reason "first baseline".',
        });
      requireSameProtocol(run, existing, folder);
      let rows = checkRun(run, existing, metricDescriptors);
      if (flags.confirm === true)
        rows = await confirmByRunning(rows, run, existing, {
          run: resolve(folder),
          seeds: parseCount('--confirm-seeds', flags.confirmSeeds),
          suite: flags.suite ?? null,
          store: flags.store ?? null,
          output,
        });
      await writeOutputs(rows, flags, output);
      const failed = failing(rows);
      const counts = countVerdicts(rows);
      output.say(
        [
          ...failed.map(sentenceOn),
          ...rows.filter(({ verdict }) => verdict === 'cleared').map(sentenceOn),
          `${failed.length === 0 ? 'passed' : 'failed'}: ${[...counts].map(([verdict, n]) => `${n} ${verdict}`).join(', ')} against ${flags.baseline}`,
        ].join('\n'),
      );
      output.document({
        passed: failed.length === 0,
        counts: Object.fromEntries(counts),
        rows: rows.map((row) => ({ ...row, descriptor: undefined })),
      });
      if (failed.length > 0) process.exitCode = EXIT.failed;
    });
}
