import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { outputPath } from '../cohort/outputFolder.js';
import { metricDescriptors } from '../metrics/index.js';
import {
  displayText,
  memorisationFlags,
  summaryTable,
  timeTable,
  trainingTable,
  writeReport,
} from '../report/index.js';
import { countStates, statesText } from '../run/assembleScores.js';
import { planSuite } from '../run/planSuite.js';
import { runSuite } from '../run/runSuite.js';
import { readSuite } from '../suite/readSuite.js';
import { printPlan } from './dryRun.js';
import { EXIT } from './exitCodes.js';
import { queueAddress } from './queueOption.js';
import { interruptSignal } from './interrupt.js';
import {
  parseCount,
  parseEngine,
  parseHospitalWorkers,
  parseOnly,
  parsePriority,
  parseSeeds,
} from './optionValues.js';
import { outputOf, withOutput } from './output.js';
import { parseSelection } from './presetOption.js';
import { requireRunAndReport } from './runOutput.js';

interface RunFlags {
  readonly out?: string;
  readonly seeds?: string;
  readonly only?: string;
  readonly metrics?: string;
  readonly workers?: string;
  readonly hospitalWorkers: string;
  readonly engine: string;
  readonly store?: string;
  readonly queue?: string;
  readonly priority: string;
  readonly metricTimeout?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `fedehr run`: trains, samples, scores and reports everything that a suite file names. */
export function runCommand(): Command {
  return withOutput(
    new Command('run')
      .description('Train, sample, score and report everything that a suite file names. Resumes by itself.')
      .argument('<suite.yaml>', 'suite file, e.g. suites/quick.yaml')
      .option('--out <dir>', 'run folder (default: runs/<suite name>)')
      .option('--seeds <list>', "replace the suite's seeds, e.g. 0-5 or 0,2,4")
      .option(
        '--only <filter>',
        'only these, e.g. trainer=centralized,trainer=fedavg/tuned,dataset=physionet2019',
      )
      .option('--metrics <selection>', "replace the suite's metrics: a preset, or ids separated by commas")
      .option('--workers <n>', 'worker threads (default: one per core)')
      .option(
        '--hospital-workers <n>',
        'threads that one training spreads its hospitals over; idle: those that no job needs',
        '1',
      )
      .option('--engine <name>', 'onnx, tensorflow or cpu', 'onnx')
      .option(
        '--store <dir>',
        'where finished products are kept, a folder or s3://bucket/prefix (default: .store beside the run folder)',
      )
      .option('--queue <address>', 'run the jobs on the workers of a queue: redis://… (see `fedehr worker`)')
      .option('--priority <n>', 'with --queue: 1 (before other runs) to 9', '5')
      .option('--metric-timeout <seconds>', "replace the suite's time limit of a metric")
      .option('--dry-run', 'list the jobs with the time they will take, and stop'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr run suites/quick.yaml
  fedehr run suites/quick.yaml --seeds 0-5 --out runs/six-seeds
  fedehr run suites/quick.yaml --only trainer=centralized --dry-run
  fedehr run suites/quick.yaml --metrics marginal.ks,utility.tstr_auroc
  fedehr run suites/quick.yaml --queue redis://localhost:6379      on any number of \`fedehr worker\``,
    )
    .action(async (file: string, flags: RunFlags) => {
      const output = outputOf(flags);
      const note = (text: string): void =>
        output.note(output.json ? JSON.stringify({ kind: 'note', text }) : text);
      const read = await readSuite(file);
      const suite = flags.metrics === undefined ? read : { ...read, metrics: parseSelection(flags.metrics) };
      const out = outputPath(flags.out ?? join('runs', suite.name), '--out');
      const planned = {
        file,
        engine: parseEngine(flags.engine),
        ...(flags.metricTimeout === undefined
          ? {}
          : { metricTimeout: parseCount('--metric-timeout', flags.metricTimeout) }),
        ...(flags.seeds === undefined ? {} : { seeds: parseSeeds(flags.seeds) }),
        ...(flags.only === undefined ? {} : { only: parseOnly(flags.only) }),
      };
      const store = flags.store ?? join(dirname(out), '.store');
      const workers =
        flags.workers === undefined ? availableParallelism() : parseCount('--workers', flags.workers);
      if (flags.dryRun === true) {
        await printPlan(await planSuite(suite, planned), { out, store, workers, output });
        return;
      }
      await requireRunAndReport(out);
      const address = queueAddress(flags.queue);
      const priority = parsePriority(flags.priority);
      const results = await runSuite(suite, {
        ...planned,
        out,
        store,
        workers,
        hospitalWorkers: parseHospitalWorkers(flags.hospitalWorkers),
        ...(address === null ? {} : { queue: { address, priority, note } }),
        // Lines for a program instead of a bar for people.
        ...(output.json && !output.quiet ? { echo: (line: string) => process.stderr.write(line) } : {}),
        quiet: output.quiet || output.json,
        signal: interruptSignal(),
      });
      const { index } = await writeReport(results, join(out, 'report'), metricDescriptors);
      const states = countStates(results.rows);
      output.say(summaryTable(results, metricDescriptors));
      if (results.training.length > 0) output.say(`\n${trainingTable(results)}`);
      output.say(`\n${timeTable(results.time)}`);
      const findings = results.manifest.datasets.flatMap((dataset) =>
        dataset.findings.map((finding) => `${dataset.id}: ${finding}`),
      );
      const memorisation = memorisationFlags(results, metricDescriptors);
      for (const finding of findings) output.say(`\nWarning: ${finding}`);
      for (const flag of memorisation) output.say(`\n${displayText(flag)}`);
      for (const failure of results.failures) {
        note(
          `failed: ${failure.trainer}/${failure.variant} seed ${failure.seed} on ${failure.dataset}: ${failure.reason}`,
        );
      }
      output.say(`\n${results.rows.length} scores (${statesText(states)}) in ${join(out, 'scores.json')}`);
      output.say(`Report: ${index}`);
      output.document({
        out,
        report: index,
        scores: join(out, 'scores.json'),
        states,
        findings,
        memorisation,
        failures: results.failures,
        time: results.time,
      });
      if (results.failures.some(({ input }) => input)) process.exitCode = EXIT.usage;
      else if (results.failures.length + results.failedEnds.length + states.failed + states['timed-out'] > 0)
        process.exitCode = EXIT.failed;
    });
}
