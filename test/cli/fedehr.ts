import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the real command, with the flag of its first line.
 *
 * @param before a program that starts the one after it, with its arguments
 */
export function start(
  args: readonly string[],
  before: readonly string[] = [],
): { child: ChildProcess; finished: Promise<Finished> } {
  const [file, ...rest] = [...before, process.execPath, '--single-threaded-gc', program, ...args];
  const child = spawn(file!, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, finished };
}

/** Runs the real command to its end. */
export function fedehr(...args: readonly string[]): Promise<Finished> {
  return start(args).finished;
}
