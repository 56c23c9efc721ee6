import type { Command } from 'commander';

/** Where a command's words go: results to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Result for people; silent with --json. */
  say(text: string): void;
  /** Result for machines: the one JSON document of --json; silent otherwise. */
  document(value: unknown): void;
  /** Note on stderr; silent with --quiet. */
  note(text: string): void;
}

/** Adds --json and --quiet, which every command has. */
export function withOutput(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout and nothing else there')
    .option('--quiet', 'no progress and no notes on stderr');
}

export function outputOf(options: { readonly json?: boolean; readonly quiet?: boolean }): Output {
  const json = options.json === true;
  const quiet = options.quiet === true;
  return {
    json,
    quiet,
    say: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    document: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    note: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`);
    },
  };
}
