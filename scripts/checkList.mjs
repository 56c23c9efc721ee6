// A list of checks, each told when it is done, and all of them as a table at the end.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a program; a failure is an error that ends in what it printed last. */
export function run(program, args, cwd = root, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(
      `${path.basename(program)} ${args[0]} ended with ${status}: ${`${stdout}${stderr}`.slice(-600)}`,
    );
  return { stdout, stderr };
}

const rows = [];
/** `what` returns what the table says beside ok; anything thrown is a failure. */
export function check(name, what) {
  const started = performance.now();
  let [result, found] = ['ok', ''];
  try {
    found = what() ?? '';
  } catch (error) {
    [result, found] = ['FAILED', error.message];
  }
  rows.push({
    check: name,
    result,
    found: found.replaceAll(/\s+/gu, ' ').slice(0, 160),
    seconds: Math.round((performance.now() - started) / 100) / 10,
  });
  console.error(`${result.padEnd(6)} ${name}: ${found}`);
  return result === 'ok';
}

export function demand(condition, message) {
  if (!condition) throw new Error(message);
}

/** Prints the table; the process exits 1 when a check failed. */
export function reportChecks() {
  console.table(rows);
  const failed = rows.filter(({ result }) => result !== 'ok').length;
  console.log(failed === 0 ? 'everything holds' : `${failed} of ${rows.length} checks failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
