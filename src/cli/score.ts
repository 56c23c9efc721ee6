import { basename, join } from 'node:path';
import { Command } from 'commander';
import { outputPath } from '../cohort/outputFolder.js';
import { metricDescriptors } from '../metrics/index.js';
import { metricsOf } from '../metrics/selection.js';
import { displayText, memorisationFlags, summaryTable, writeReport } from '../report/index.js';
import { countStates, statesText } from '../run/assembleScores.js';
import { ProgressBar } from '../run/progressBar.js';
import { writeRun } from '../run/runFolder.js';
import { scoreFolders } from '../run/scoreFolders.js';
import { EXIT } from './exitCodes.js';
import { parseCount, parseMetricIds, parseResamples, parseSeed } from './optionValues.js';
import { outputOf, withOutput } from './output.js';
import { parsePreset, presetHelp, PRESETS } from './presetOption.js';
import { requireRunAndReport } from './runOutput.js';

interface ScoreFlags {
  readonly real: string;
  readonly holdout: string;
  readonly synthetic: string;
  readonly reference?: string;
  readonly preset: string;
  readonly metrics?: string;
  readonly label?: string;
  readonly seed: string;
  readonly resamples?: string;
  readonly metricTimeout: string;
  readonly allowOverlap?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `fedehr score`: scores a cohort that any tool in any language wrote. */
export function scoreCommand(): Command {
  return withOutput(
    new Command('score')
      .description('Score a synthetic cohort made by any tool, pooled and at every hospital.')
      .requiredOption('--real <dir>', 'cohort folder of the patients that the generator was trained on')
      .requiredOption('--holdout <dir>', 'cohort folder of real patients that it never saw')
      .requiredOption('--synthetic <dir>', 'cohort folder to score')
      .option('--reference <dir>', 'cohort folder of further real patients, disjoint from both')
      .option('--preset <name>', PRESETS.join(', '), 'fast')
      .option('--metrics <ids>', 'only these, separated by commas; see `fedehr metrics`')
      .option('--label <name>', 'label that utility metrics predict (default: the first)')
      .option('--seed <n>', 'seed of subsamples and resamples', '0')
      .option('--resamples <n>', "bootstrap resamples, at least 2 (default: the preset's)")
      .option('--metric-timeout <seconds>', 'stop a metric after this long; the others go on', '600')
      .option('--allow-overlap', 'score although patients are in two real cohorts, and mark every score')
      .option('--out <dir>', 'run folder (default: runs/score-<name of the synthetic folder>)'),
  )
    .addHelpText(
      'after',
      `
${presetHelp}

Examples:
  fedehr score --real real/ --holdout holdout/ --synthetic synthetic/ --label death
  fedehr score --real R --holdout H --synthetic S --reference E --preset privacy
  fedehr score --real R --holdout H --synthetic S --preset paper --out runs/paper
  fedehr score --real R --holdout H --synthetic S --metrics marginal.ks,temporal.acf_gap --json

A cohort folder is cohort.json with dynamic.csv (or .parquet) and static.csv; docs/contracts.md shows how to write one.`,
    )
    .action(async (flags: ScoreFlags) => {
      const output = outputOf(flags);
      const metrics = flags.metrics === undefined ? parsePreset(flags.preset) : parseMetricIds(flags.metrics);
      metricsOf(metrics);
      const out = outputPath(flags.out ?? join('runs', `score-${basename(flags.synthetic)}`), '--out');
      await requireRunAndReport(out);
      let bar: ProgressBar | undefined;
      const { results, findings, failedEnds } = await scoreFolders(
        {
          real: flags.real,
          holdout: flags.holdout,
          synthetic: flags.synthetic,
          ...(flags.reference === undefined ? {} : { reference: flags.reference }),
          ...(flags.label === undefined ? {} : { label: flags.label }),
          allowOverlap: flags.allowOverlap === true,
          scoring: {
            metrics,
            resamples: flags.resamples === undefined ? null : parseResamples(flags.resamples),
            seed: parseSeed('--seed', flags.seed),
            metricTimeout: parseCount('--metric-timeout', flags.metricTimeout),
          },
        },
        (done, total, what) => {
          bar ??= new ProgressBar(total, { quiet: output.quiet, stream: process.stderr });
          bar.show(done, what);
        },
      ).finally(() => bar?.stop());
      await writeRun(out, results);
      const { index } = await writeReport(results, join(out, 'report'), metricDescriptors);
      const states = countStates(results.rows);
      output.say(summaryTable(results, metricDescriptors));
      const memorisation = memorisationFlags(results, metricDescriptors);
      for (const finding of findings) output.say(`\nWarning: ${finding}`);
      for (const flag of memorisation) output.say(`\n${displayText(flag)}`);
      output.say(
        `\n${results.rows.length} scores (${statesText(states)}) in ${join(out, 'scores.json')}\nReport: ${index}`,
      );
      output.document({
        out,
        report: index,
        scores: join(out, 'scores.json'),
        states,
        findings,
        memorisation,
      });
      if (failedEnds.length + states.failed + states['timed-out'] > 0) process.exitCode = EXIT.failed;
    });
}
