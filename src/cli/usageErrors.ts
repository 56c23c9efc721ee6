import type { Command, CommanderError } from 'commander';
import { InputError, onOneLine } from '../cohort/inputError.js';

/** Wrong usage that is told in the words of the parser: an unknown option, a choice that does not exist. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Words as the command line has them: `fedehr store gc`. */
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

/** The text of `--help`, examples and all. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/** The first example of a command, of its own help or of the one it belongs to; without the remark beside it. */
function firstExample(command: Command): string | null {
  const start = `${pathOf(command)} `;
  for (let place: Command | null = command; place !== null; place = place.parent) {
    const [, examples = ''] = /^Examples?:\n((?: {2}.*\n?)+)/m.exec(helpOf(place)) ?? [];
    const found = examples
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/)[0]!)
      .find((line) => line.startsWith(start));
    if (found !== undefined) return found;
  }
  return null;
}

/** Required arguments and options that were not given: all at once, where commander names the first one only. */
function missingFrom(command: Command): string[] {
  return [
    ...command.registeredArguments
      .filter(({ required }, at) => required && at >= command.args.length)
      .map((argument) => `<${argument.name()}${argument.variadic ? '...' : ''}>`),
    ...command.options
      .filter((option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined)
      .map(({ flags }) => flags),
  ];
}

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), names.at(-1)!].filter((part) => part !== '').join(' and ');

const MISSING = ['commander.missingArgument', 'commander.missingMandatoryOptionValue'];

function told(command: Command, { code, message }: CommanderError): InputError | UsageError {
  const example = firstExample(command);
  const remedy = `${example === null ? '' : `For example: ${example} `}(--help shows usage and examples)`;
  const missing = MISSING.includes(code) ? missingFrom(command) : [];
  if (missing.length > 0)
    return new InputError({
      place: pathOf(command).replace(/^\S+ /, ''),
      expected: listed(missing),
      found: 'none',
      remedy,
    });
  const sentence = onOneLine(message.replace(/^error: /, '')).replace(/\.?$/, '.');
  return new UsageError(`${sentence} ${remedy}`);
}

/**
 * Makes a command and all below it tell of wrong usage as the product tells of bad input: on one line, with an example.
 * They throw an {@link InputError} or a {@link UsageError} and print nothing; after `--help` and `--version` a
 * {@link CommanderError} with exit code 0.
 */
export function tellUsageErrors(command: Command): void {
  command.configureOutput({ outputError: () => undefined }).exitOverride((error) => {
    const hasPrinted = error.exitCode === 0 || error.code === 'commander.help';
    throw hasPrinted ? error : told(command, error);
  });
  for (const one of command.commands) tellUsageErrors(one);
}
