import { Command } from 'commander';
import { InputError } from '../cohort/inputError.js';
import type { QueueState } from '../run/queue/queueListing.js';
import { outputOf, withOutput } from './output.js';
import { queueAddress } from './queueOption.js';

interface QueueFlags {
  readonly queue: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function linesOf({ queue, workers, waiting, delayed, running, done, dead }: QueueState): string[] {
  return [
    `${queue}: ${workers} workers, ${running.length} jobs running, ${waiting} waiting, ${delayed} to be tried again, ${done} done, ${dead.length} dead`,
    ...running.map(({ job, worker }) => `  running  ${job}${worker === null ? '' : `  (${worker})`}`),
    ...dead.map(
      ({ id, job, reason, attempts }) => `  dead     ${job}: ${reason}  (begun ${attempts} times; ${id})`,
    ),
  ];
}

function listCommand(): Command {
  return withOutput(
    new Command('ls')
      .description('What runs, what waits, and what failed for good with the reason')
      .requiredOption('--queue <address>', 'redis://…, or env for the address in FEDEHR_QUEUE'),
  ).action(async (flags: QueueFlags) => {
    const output = outputOf(flags);
    const { listQueues } = await import('../run/queue/queueListing.js');
    const queues = await listQueues(queueAddress(flags.queue)!);
    output.say(queues.length === 0 ? 'no jobs and no workers' : queues.flatMap(linesOf).join('\n'));
    output.document({ queues });
  });
}

function retryCommand(): Command {
  return withOutput(
    new Command('retry')
      .description(
        'Queue dead jobs again; a run that still waits for others picks them up when it is started again',
      )
      .argument('[id]', 'a dead job, as `fedehr queue ls` names it')
      .option('--all', 'all of them')
      .requiredOption('--queue <address>', 'redis://…, or env for the address in FEDEHR_QUEUE'),
  ).action(async (id: string | undefined, flags: QueueFlags) => {
    const output = outputOf(flags);
    if ((id === undefined) !== (flags.all === true))
      throw new InputError({
        place: 'queue retry',
        expected: 'the id of a dead job, or --all',
        found: id === undefined ? 'neither' : 'both',
        remedy: '`fedehr queue ls` lists them.',
      });
    const { retryDead } = await import('../run/queue/queueListing.js');
    const retried = await retryDead(queueAddress(flags.queue)!, id ?? null);
    if (id !== undefined && retried === 0)
      throw new InputError({
        place: 'queue retry',
        expected: 'the id of a dead job',
        found: `'${id}', which is none`,
        remedy: '`fedehr queue ls` lists them.',
      });
    output.say(`${retried} jobs are queued again`);
    output.document({ retried });
  });
}

/** `fedehr queue`: looks into a queue. */
export function queueCommand(): Command {
  return new Command('queue')
    .description('Look into a queue: what runs, what waits, what failed for good and why')
    .addHelpText(
      'after',
      `
Examples:
  fedehr queue ls --queue redis://localhost:6379
  fedehr queue retry --all --queue env`,
    )
    .addCommand(listCommand())
    .addCommand(retryCommand());
}
