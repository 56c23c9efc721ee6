import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { record } from './results.js';

/** Seconds by the clock of an idle machine with two cores. */
const BAR = { kind: 'at most', limit: 60_000 } as const;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the command as its users do. */
async function fedehr(...parameters: readonly string[]): Promise<{ wall: number; output: string }> {
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    ['--single-threaded-gc', join(root, 'dist/cli/main.js'), ...parameters],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`fedehr ${parameters.join(' ')} ended with ${String(code)}`);
  return { wall: performance.now() - begin, output };
}

it('the demo from start to report', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'fedehr-bench-suite-'));
  try {
    const { wall, output } = await fedehr(
      ...['run', 'suites/quick.yaml', '--quiet', '--out', join(scratch, 'run')],
      ...['--store', join(scratch, 'store')],
    );
    expect(output).toMatch(/Report: /);
    const events = (await readFile(join(scratch, 'run', 'events.jsonl'), 'utf8')).split('\n').length - 1;
    record({
      kind: 'time',
      suite: 'suite',
      name: 'fedehr run suites/quick.yaml',
      milliseconds: wall,
      of: 'clock',
      bar: BAR,
    });
    process.stdout.write(
      `\nfedehr run suites/quick.yaml: ${(wall / 1000).toFixed(1)} s by the clock, ${events} events (bar ${BAR.limit / 1000} s on two idle cores${wall <= BAR.limit ? '' : ', NOT MET'})\n\n`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
