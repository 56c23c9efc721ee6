import { Command, CommanderError, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { queueCommand } from '../../src/cli/queue.js';
import { tellUsageErrors, UsageError } from '../../src/cli/usageErrors.js';

function program(): Command {
  const paint = new Command('paint')
    .argument('<wall...>')
    .requiredOption('--colour <name>', 'colour')
    .requiredOption('--brush <size>', 'brush')
    .addOption(new Option('--coat <which>').choices(['first', 'last']))
    .addHelpText(
      'after',
      '\nExamples:\n  fedehr paint north --colour red --brush 3      a remark\n  fedehr paint --help',
    )
    .action(() => undefined);
  const root = new Command('fedehr')
    .addHelpText('after', '\nExample:\n  fedehr paint south --colour blue --brush 1')
    .addCommand(paint)
    .addCommand(queueCommand());
  tellUsageErrors(root);
  return root;
}

const thrownBy = (...args: string[]): Promise<unknown> =>
  program()
    .parseAsync(args, { from: 'user' })
    .then(
      () => null,
      (error: unknown) => error,
    );

const EXAMPLE = 'For example: fedehr paint north --colour red --brush 3 (--help shows usage and examples)';

describe('wrong usage is told on one line with an example', () => {
  it.each([
    [['paint'], `paint: expected <wall...>, --colour <name> and --brush <size>, found none. ${EXAMPLE}`],
    [['paint', 'a', '--brush', '2'], `paint: expected --colour <name>, found none. ${EXAMPLE}`],
    [
      ['queue', 'retry'],
      'queue retry: expected --queue <address>, found none. For example: fedehr queue retry --all --queue env (--help shows usage and examples)',
    ],
  ])('%j misses what is required', async (args, message) => {
    const error = await thrownBy(...args);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toBe(message);
  });

  it.each([
    [
      ['paint', 'a', '--colour', 'red', '--brush', '1', '--brushh', '2'],
      `unknown option '--brushh' (Did you mean --brush?). ${EXAMPLE}`,
    ],
    [
      ['paint', 'a', '--coat', 'middle'],
      `option '--coat <which>' argument 'middle' is invalid. Allowed choices are first, last. ${EXAMPLE}`,
    ],
    [
      ['pant'],
      "unknown command 'pant' (Did you mean paint?). For example: fedehr paint south --colour blue --brush 1 (--help shows usage and examples)",
    ],
  ])('%j is not understood', async (args, message) => {
    const error = await thrownBy(...args);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toBe(message);
  });

  it('--help is none of it', async () => {
    const root = program();
    let help = '';
    root.commands[0]!.configureOutput({ writeOut: (text) => (help += text) });
    const error: unknown = await root
      .parseAsync(['paint', '--help'], { from: 'user' })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CommanderError);
    expect((error as CommanderError).exitCode).toBe(0);
    expect(help).toContain('--colour <name>');
  });
});
