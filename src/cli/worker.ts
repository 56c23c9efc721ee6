import { createHash, randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { openStore } from '../run/openStore.js';
import { WorkerPool } from '../run/pool.js';
import { interruptSignal } from './interrupt.js';
import { parseCount, parseHospitalWorkers } from './optionValues.js';
import { outputOf, withOutput } from './output.js';
import { queueAddress } from './queueOption.js';

interface WorkerFlags {
  readonly queue: string;
  readonly store: string;
  readonly concurrency: string;
  readonly hospitalWorkers: string;
  readonly name?: string;
  readonly lostAfter: string;
  readonly allowExternal?: boolean;
  readonly data?: readonly string[];
  readonly idleExit?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const anyName = (): string => `w-${createHash('sha256').update(randomUUID()).digest('hex').slice(0, 8)}`;

/** `fedehr worker`: makes what runs with `--queue` ask for, until it is stopped. */
export function workerCommand(): Command {
  return withOutput(
    new Command('worker')
      .description(
        'Make what runs with --queue ask for, until stopped. Ctrl-C or SIGTERM: jobs stop at their next round or metric and go back.',
      )
      .requiredOption('--queue <address>', 'redis://…, or env for the address in FEDEHR_QUEUE')
      .requiredOption('--store <dir>', 'the store of the runs: the same shared folder, or s3://…')
      .option('--concurrency <n>', 'jobs at once, a thread each', '1')
      .option('--hospital-workers <n>', 'threads that one training spreads its hospitals over, or idle', '1')
      .option('--name <text>', 'name in event files and listings (default: a random one)')
      .option(
        '--lost-after <seconds>',
        'a job goes to another worker after so long without a sign of life',
        '30',
      )
      .option(
        '--data <dir...>',
        'folders below which jobs may read cohort folders of your own (default: none, shipped datasets only)',
      )
      .option(
        '--allow-external',
        'let jobs run the programs that they name: whoever can write to the queue then runs programs here',
      )
      .option('--idle-exit <seconds>', 'end when there was nothing to do for so long (default: never)'),
  )
    .addHelpText(
      'after',
      `
Examples:
  fedehr worker --queue redis://localhost:6379 --store /shared/store
  FEDEHR_QUEUE=rediss://:password@queue.example:6379 fedehr worker --queue env --store s3://bucket/fedehr --concurrency 4
  fedehr worker --queue redis://head:6379 --store /scratch/store --idle-exit 120        ends by itself, e.g. in a Slurm array`,
    )
    .action(async (flags: WorkerFlags) => {
      const output = outputOf(flags);
      const begin = performance.now();
      const name = (flags.name ?? anyName()).replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 64);
      const concurrency = parseCount('--concurrency', flags.concurrency);
      const hospitalWorkers = parseHospitalWorkers(flags.hospitalWorkers);
      const { QueueWorker } = await import('../run/queue/queueWorker.js');
      const tally = await QueueWorker.drain({
        address: queueAddress(flags.queue)!,
        store: openStore(flags.store),
        name,
        concurrency,
        pool: new WorkerPool(concurrency, hospitalWorkers),
        permissions: { external: flags.allowExternal === true, data: flags.data ?? [] },
        lostAfter: parseCount('--lost-after', flags.lostAfter),
        idleExit: flags.idleExit === undefined ? null : parseCount('--idle-exit', flags.idleExit),
        signal: interruptSignal(),
        note: (text) => output.note(text),
      });
      const seconds = (performance.now() - begin) / 1000;
      output.say(
        `worker ${name}: ${tally.done} jobs done (${tally.reused} of them found made), ${tally.failed} failed, ${tally.stopped} stopped, in ${seconds.toFixed(0)} s`,
      );
      output.document({ worker: name, ...tally, seconds });
    });
}
