#!/usr/bin/env -S node --single-threaded-gc
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError } from 'commander';
import { InputError } from '../cohort/inputError.js';
import { isNoSpace, NoSpace } from '../run/noSpace.js';
import { faultOfRefusal } from '../run/readOnly.js';
import { Interrupted } from '../run/runSuite.js';
import { productVersion } from '../run/manifest.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { TrainingFailure } from '../federation/trainingFailure.js';
import { describeCommand } from './describe.js';
import { EXIT } from './exitCodes.js';
import { ingestCommand } from './ingest.js';
import { datasetsCommand, metricsCommand, trainersCommand } from './listings.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { sampleCommand } from './sample.js';
import { scoreCommand } from './score.js';
import { selftestCommand } from './selftest.js';
import { storeCommand } from './store.js';
import { trainCommand } from './train.js';
import { tellUsageErrors, UsageError } from './usageErrors.js';
import { queueCommand } from './queue.js';
import { surviveReaders } from './readerGone.js';
import { validateCommand } from './validate.js';
import { workerCommand } from './worker.js';

/** The whole command line. */
function program(): Command {
  const root = new Command('fedehr')
    .description(
      'Is this synthetic time-series EHR cohort faithful, useful and private, pooled and at every hospital?',
    )
    .version(productVersion())
    .addHelpText(
      'after',
      `
Examples:
  fedehr run suites/quick.yaml                      train, score and report the shipped example
  fedehr score --real R --holdout H --synthetic S   score a cohort made by any tool
  fedehr metrics temporal.acf_gap                   what a score means

Exit codes: 0 done · 1 a job or check failed · 2 wrong usage or bad input · 3 internal error · 130 interrupted`,
    );
  const commands = [
    runCommand(),
    scoreCommand(),
    reportCommand(),
    compareCommand(),
    checkCommand(),
    trainCommand(),
    sampleCommand(),
    validateCommand(),
    selftestCommand(),
    datasetsCommand().addCommand(describeCommand()),
    ingestCommand(),
    trainersCommand(),
    metricsCommand(),
    storeCommand(),
    workerCommand(),
    queueCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  tellUsageErrors(root);
  return root;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof InputError || error instanceof UsageError) return EXIT.usage;
  if (error instanceof TrainingFailure || error instanceof NoSpace || isNoSpace(error)) return EXIT.failed;
  if (error instanceof Interrupted) return EXIT.interrupted;
  // How an aborted training or draw ends.
  if (error instanceof DOMException && error.name === 'AbortError') return EXIT.interrupted;
  return EXIT.internal;
}

async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (caught) {
    const error: unknown = faultOfRefusal(caught) ?? caught;
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError) return;
    if (process.exitCode !== EXIT.internal && error instanceof Error)
      process.stderr.write(`fedehr: ${error.message}\n`);
    else
      process.stderr.write(
        `fedehr: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
  }
}

// V8 counts what onnxruntime returns, which lies outside of its heap, against a limit that follows the heap's size: with 30 MB of modules and little else it
// would mark all of them twice a second. The heap of every thread may now grow to four times what the last collection left.
setFlagsFromString('--heap-growing-percent=300');

surviveReaders(process.stdout, process.stderr);
await main();
