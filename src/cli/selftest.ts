import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { readCohort } from '../cohort/readCohort.js';
import { requireUsable } from '../cohort/validate.js';
import { metricsOf, presets } from '../metrics/selection.js';
import { ProgressBar } from '../run/progressBar.js';
import { climbLadder, type LadderCell } from '../selftest/grid.js';
import { ladderDataOf, ownLadderData, type LadderData } from '../selftest/ladderData.js';
import { EXIT } from './exitCodes.js';
import { parseMetricIds, parseSeed } from './optionValues.js';
import { outputOf, withOutput } from './output.js';
import { parsePreset, presetHelp, PRESETS } from './presetOption.js';
import { ladderText } from './selftestTable.js';

interface SelftestFlags {
  readonly cohort?: string;
  readonly preset: string;
  readonly metrics?: string;
  readonly seed: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `fedehr selftest`: what every metric says about generators whose faults are known. */
export function selftestCommand(): Command {
  return withOutput(
    new Command('selftest')
      .description(
        'Check every metric on generators with known faults: a copy, fresh patients, shuffled hours, permuted labels …',
      )
      .option(
        '--cohort <dir>',
        'real patients of your own, split by patient (default: simulated and shipped ones)',
      )
      .option('--preset <name>', PRESETS.join(', '), 'fast')
      .option('--metrics <ids>', 'only these, separated by commas; see `fedehr metrics`')
      .option('--seed <n>', 'seed of the split, the generators and the resamples', '0'),
  )
    .addHelpText(
      'after',
      `
${presetHelp}

Examples:
  fedehr selftest
  fedehr selftest --cohort real/ --preset full
  fedehr selftest --metrics temporal.acf_gap,privacy.dcr_share --json

Exit code 1 when a metric says something wrong about a generator, or nothing is known about what it must say.`,
    )
    .action(async (flags: SelftestFlags) => {
      const output = outputOf(flags);
      const preset = parsePreset(flags.preset);
      const seed = parseSeed('--seed', flags.seed);
      const selections = metricsOf(flags.metrics === undefined ? preset : parseMetricIds(flags.metrics));
      const data = await dataFor(flags, seed);
      const climbed: { data: LadderData; cells: LadderCell[] }[] = [];
      let bar: ProgressBar | undefined;
      try {
        for (const [place, one] of data.entries())
          climbed.push({
            data: one,
            cells: await climbLadder(one.split, {
              selections,
              resamples: presets[preset].resamples,
              label: one.label,
              seed,
              planted: one.planted,
              onCell: (done, total, what) => {
                bar ??= new ProgressBar(total * data.length, { quiet: output.quiet, stream: process.stderr });
                bar.show(place * total + done, `${one.name}: ${what}`);
              },
            }),
          });
      } finally {
        bar?.stop();
      }
      for (const { data: one, cells } of climbed) output.say(`${ladderText(one.name, cells)}\n`);
      const all = climbed.flatMap(({ cells }) => cells);
      const count = (verdict: LadderCell['verdict']): number =>
        all.filter((cell) => cell.verdict === verdict).length;
      const counts = {
        right: count('right'),
        wrong: count('wrong'),
        notApplicable: count('not-applicable'),
      };
      output.say(
        `${all.length} cells: ${counts.right} right, ${counts.wrong} wrong, ${counts.notApplicable} not applicable to these data`,
      );
      output.document({
        ...counts,
        cohorts: climbed.map(({ data: { name, planted }, cells }) => ({ name, planted, cells })),
      });
      if (counts.wrong > 0) process.exitCode = EXIT.failed;
    });
}

async function dataFor(flags: SelftestFlags, seed: number): Promise<readonly LadderData[]> {
  if (flags.cohort === undefined) return ownLadderData(seed);
  const cohort = await readCohort(flags.cohort);
  requireUsable(cohort, flags.cohort);
  return [ladderDataOf(basename(resolve(flags.cohort)), cohort, seed)];
}
